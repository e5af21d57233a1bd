// The age of one panel's data: a dot and words in a pill, or without the pill on a card.
import QtQuick

Item {
    id: chip

    required property Tokens tokens
    required property AgeState ageState
    property bool bare: false
    property real widest: 48 * tokens.u

    readonly property real pad: bare ? 0 : 1.5 * tokens.u
    readonly property color mark: {
        switch (ageState.kind) {
        case "live":
            return tokens.up;
        case "late":
        case "stale":
            return tokens.alarm;
        case "demo":
        case "replay":
            return tokens.goldFill;
        default:
            return tokens.muted;
        }
    }

    implicitHeight: bare ? words.implicitHeight : 4.4 * tokens.u
    implicitWidth: words.text === "" ? 0 : Math.min(words.implicitWidth + dot.width + 0.9 * tokens.u + 2 * pad, widest)
    visible: words.text !== ""

    Rectangle {
        anchors.fill: parent
        border.color: chip.tokens.hairline
        border.width: Math.max(1, 0.15 * chip.tokens.u)
        color: chip.tokens.card
        radius: height / 2
        visible: !chip.bare
    }
    Rectangle {
        id: dot

        anchors.verticalCenter: parent.verticalCenter
        color: chip.mark
        height: width
        radius: width / 2
        width: (chip.bare ? 1.0 : 1.2) * chip.tokens.u
        x: chip.pad
    }
    Words {
        id: words

        anchors.verticalCenter: parent.verticalCenter
        color: chip.bare ? chip.tokens.muted : chip.tokens.text
        font.weight: Font.DemiBold
        moving: true
        size: chip.tokens.type.chip
        text: chip.bare && chip.ageState.kind === "live" ? chip.ageState.span : chip.ageState.text
        tokens: chip.tokens
        width: Math.min(implicitWidth, chip.widest - dot.width - 0.9 * chip.tokens.u - 2 * chip.pad)
        x: chip.pad + dot.width + 0.9 * chip.tokens.u
    }
}
