// A participant on a challenge's card: name, what he has, and a bar.
import QtQuick

Mover {
    id: row

    required property string name
    required property string display
    required property real value
    required property bool known
    required property real bar
    required property real colour
    required property bool leader
    required property var unit

    readonly property real u: tokens.u

    Words {
        id: nameText

        anchors.left: parent.left
        anchors.right: valueText.left
        anchors.rightMargin: row.u
        font.weight: row.leader ? Font.Bold : Font.DemiBold
        moving: true
        size: 3.0
        text: row.name
        tokens: row.tokens
    }
    Value {
        id: valueText

        amount: row.value
        anchors.right: parent.right
        display: row.display
        color: row.leader ? row.tokens.gold : row.known ? row.tokens.text : row.tokens.muted
        font.weight: Font.Bold
        known: row.known
        size: 3.0
        tokens: row.tokens
        unit: row.unit
    }
    Bar {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: nameText.bottom
        anchors.topMargin: 0.3 * row.u
        colour: row.tokens.person(row.colour)
        fraction: row.known ? row.bar : 0
        implicitHeight: 1.4 * row.u
        tokens: row.tokens
    }
}
