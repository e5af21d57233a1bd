// A running challenge beside a board: rule, time left, and its first few.
pragma ComponentBehavior: Bound

import QtQuick

Card {
    id: card

    required property string title
    required property string line
    required property var unit
    required property var rows
    required property real rowCount

    readonly property real pitch: Math.max(6.4 * u, Math.min(8.6 * u, (list.height + 1.4 * u) / Math.max(1, rowCount)))

    Words {
        id: titleText

        font.weight: Font.ExtraBold
        size: 3.7
        text: card.title
        tokens: card.tokens
        width: parent.width
    }
    Words {
        id: lineText

        anchors.top: titleText.bottom
        color: card.tokens.muted
        moving: true
        size: card.tokens.type.second
        text: card.line
        tokens: card.tokens
        width: parent.width
    }
    Item {
        id: list

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: lineText.bottom
        anchors.topMargin: 1.3 * card.u

        Repeater {
            model: card.rows

            PanelRow {
                height: 6.6 * card.u
                tokens: card.tokens
                unit: card.unit
                visible: place * card.pitch + 5.8 * card.u <= list.height + 0.6 * card.u
                width: list.width
                x: drift
                y: Math.round(slot * card.pitch)
            }
        }
    }
}
