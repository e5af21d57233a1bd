// A figure that counts to its new amount; what stands at the end, even if interrupted, is the ready-made text.
import QtQuick

Words {
    id: figure

    required property string display
    required property real amount
    required property bool known
    required property var unit           // prefix, suffix, decimals

    property real shown: 0
    property real drawn: 0               // what stands meanwhile: every second frame, for laying out text is dear
    property int steps: 0
    property bool wasKnown: false

    function counted(): string {
        const number = Math.abs(drawn).toLocaleString(Qt.locale(tokens.locale), "f", unit.decimals);
        const plain = number.replace(/[\u202f\u2009]/g, "\u00a0"); // Manrope has no narrow spaces
        return (drawn < 0 ? "\u2212" : "") + unit.prefix + plain + unit.suffix;
    }

    color: known ? tokens.text : tokens.muted
    font.weight: Font.ExtraBold
    elide: Text.ElideNone
    horizontalAlignment: Text.AlignRight
    moving: true
    size: tokens.type.value
    text: counting.running ? counted() : display

    Component.onCompleted: {
        shown = amount;
        drawn = amount;
        wasKnown = known;
    }
    onAmountChanged: {
        tokens.valueChanging();
        counting.stop();
        if (tokens.valueMs > 0 && known && wasKnown && visible) {
            counting.from = shown;
            counting.to = amount;
            steps = 0;
            counting.start();
        } else {
            shown = amount;
        }
        wasKnown = known;
    }
    onShownChanged: {
        steps += 1;
        if (steps % 2 === 1) {
            drawn = shown;
        }
    }
    onKnownChanged: {
        if (!known) {
            counting.stop();
            wasKnown = false;
        }
    }

    NumberAnimation {
        id: counting

        duration: figure.tokens.valueMs
        easing.type: Easing.OutCubic
        property: "shown"
        target: figure
    }
}
