// A row of the quiet list: rank, picture, name, value.
import QtQuick

Mover {
    id: row

    required property string name
    required property string display
    required property string rank
    required property real value
    required property bool known
    required property real colour
    required property string initials
    required property string picture
    required property var unit
    required property real first
    required property real valueWidth

    readonly property real u: tokens.u

    opacity: place >= first && entered && !leaving ? 1 : 0
    visible: opacity > 0

    Rectangle {
        anchors.fill: parent
        border.color: row.glowing ? row.tokens.up : row.tokens.hairline
        border.width: row.glowing ? Math.max(2, 0.28 * row.u) : Math.max(1, 0.1 * row.u)
        color: row.glowing ? row.tokens.raised : row.tokens.card
        radius: row.tokens.radius
    }
    Words {
        anchors.verticalCenter: parent.verticalCenter
        color: row.tokens.muted
        elide: Text.ElideNone
        font.weight: Font.ExtraBold
        horizontalAlignment: Text.AlignHCenter
        moving: true
        size: 3.2
        text: row.rank
        tokens: row.tokens
        width: 6 * row.u
        x: 0.8 * row.u
    }
    Avatar {
        anchors.verticalCenter: parent.verticalCenter
        colour: row.colour
        initials: row.initials
        picture: row.picture
        tokens: row.tokens
        width: Math.round(Math.min(5.4 * row.u, parent.height - 1.6 * row.u) / 2) * 2
        x: 7.2 * row.u
    }
    Words {
        anchors.verticalCenter: parent.verticalCenter
        font.weight: Font.DemiBold
        moving: true
        size: 3.1
        text: row.name
        tokens: row.tokens
        width: valueText.x - x - 1.4 * row.u
        x: 14 * row.u
    }
    Value {
        id: valueText

        amount: row.value
        anchors.verticalCenter: parent.verticalCenter
        display: row.display
        font.weight: Font.Bold
        known: row.known
        size: 3.1
        tokens: row.tokens
        unit: row.unit
        width: row.valueWidth
        x: row.width - width - 2.2 * row.u
    }
}
