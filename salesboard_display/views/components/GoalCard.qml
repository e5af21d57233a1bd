// A goal beside a board: where we are, of what by when, and where we should be by now.
import QtQuick

Card {
    id: card

    required property string title
    required property string line
    required property string display
    required property real value
    required property var unit
    required property real fraction
    required property real pace

    labelColour: tokens.up

    Words {
        id: titleText

        color: card.tokens.muted
        font.weight: Font.DemiBold
        size: card.tokens.type.line
        text: card.title
        tokens: card.tokens
        visible: text !== ""
        width: parent.width
    }
    Value {
        id: valueText

        amount: card.value
        anchors.top: titleText.visible ? titleText.bottom : parent.top
        display: card.display
        fontSizeMode: Text.HorizontalFit
        horizontalAlignment: Text.AlignLeft
        known: card.value >= 0 || card.display !== "–"
        minimumPixelSize: card.tokens.movingPx(3)
        size: 5.4
        tokens: card.tokens
        unit: card.unit
        width: parent.width
    }
    Words {
        id: lineText

        anchors.top: valueText.bottom
        color: card.tokens.muted
        moving: true
        size: card.tokens.type.second
        text: card.line
        tokens: card.tokens
        width: parent.width
    }
    Bar {
        id: bar

        anchors.top: lineText.bottom
        anchors.topMargin: 1.9 * card.u
        colour: card.fraction >= 1 ? card.tokens.goldFill : card.tokens.up
        fraction: card.fraction
        implicitHeight: 2.6 * card.u
        pace: card.pace
        tokens: card.tokens
        width: parent.width
    }
    Words {
        anchors.top: bar.bottom
        anchors.topMargin: 0.9 * card.u
        color: card.tokens.muted
        size: 2.15
        text: qsTr("Where we should be")
        tokens: card.tokens
        visible: card.pace >= 0 && y + height <= parent.height + 1.2 * card.u
        width: Math.min(implicitWidth, parent.width)
        x: Math.max(0, Math.min(parent.width - width, parent.width * Math.min(1, card.pace) - width / 2))
    }
}
