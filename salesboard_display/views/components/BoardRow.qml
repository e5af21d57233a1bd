// One person or team on a board: rank, picture, name and gap, bar, value, movement.
import QtQuick

Mover {
    id: row

    required property string name
    required property string display
    required property string rank
    required property string second
    required property real value
    required property bool known
    required property real bar
    required property real movement
    required property string movementKind
    required property real colour
    required property string initials
    required property string picture
    required property bool leader
    required property real pace

    required property var unit
    required property bool ranked         // a page of unranked people has no rank column
    required property bool dense          // 9 or 10 rows: no second line
    required property real valueWidth
    required property real nameWidth
    required property real barWidth       // 0: no room for a bar
    required property bool moving         // a movement column stands at the right

    readonly property real u: tokens.u
    readonly property bool standsOut: leader || glowing
    readonly property real avatarSize: Math.min(height - 1.5 * u, (leader ? 7.2 : 6.1) * u)
    readonly property real avatarCentre: (ranked ? 12.6 : 5.8) * u
    readonly property real nameX: (ranked ? 17.4 : 10.4) * u
    readonly property real barX: nameX + nameWidth + 2 * u
    readonly property real valueRight: width - (moving ? 11.4 : 2.4) * u

    Rectangle {
        id: card

        anchors.fill: parent
        anchors.margins: -Math.round(0.45 * row.u * row.lift)
        border.color: row.glowing ? row.tokens.up : row.tokens.goldFill
        border.width: row.standsOut ? Math.max(2, 0.28 * row.u) : 0
        color: row.standsOut ? row.tokens.raised : row.tokens.card
        radius: row.tokens.radius
    }
    Rectangle {
        anchors.left: card.left
        anchors.leftMargin: 1.0 * row.u
        anchors.verticalCenter: parent.verticalCenter
        color: row.leader ? row.tokens.goldFill : row.tokens.person(row.colour)
        height: parent.height - 2.4 * row.u
        radius: width / 2
        width: Math.max(3, 0.55 * row.u)
    }
    Words {
        anchors.verticalCenter: parent.verticalCenter
        color: row.leader ? row.tokens.gold : row.place < 3 ? row.tokens.text : row.tokens.muted
        elide: Text.ElideNone
        font.weight: Font.ExtraBold
        fontSizeMode: Text.HorizontalFit
        horizontalAlignment: Text.AlignHCenter
        minimumPixelSize: row.tokens.movingPx(3)
        moving: true
        size: row.tokens.type.rank
        text: row.rank
        tokens: row.tokens
        visible: row.ranked
        width: 6.2 * row.u
        x: 2.4 * row.u
    }
    Avatar {
        anchors.verticalCenter: parent.verticalCenter
        colour: row.colour
        initials: row.initials
        picture: row.picture
        tokens: row.tokens
        width: Math.round(row.avatarSize / 2) * 2
        x: row.avatarCentre - width / 2
    }
    Item {
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: secondText.visible ? -0.1 * row.u : 0
        height: nameText.height + (secondText.visible ? secondText.height : 0)
        width: row.nameWidth
        x: row.nameX

        Words {
            id: nameText

            font.weight: Font.Bold
            moving: true
            size: row.tokens.type.name
            text: row.name
            tokens: row.tokens
            width: parent.width
        }
        Supporting {
            id: secondText

            anchors.bottom: parent.bottom
            line: row.second
            tokens: row.tokens
            visible: !row.dense && text !== ""
            width: parent.width
        }
    }
    Bar {
        anchors.verticalCenter: parent.verticalCenter
        colour: row.tokens.person(row.colour)
        fraction: row.known ? row.bar : 0
        pace: row.pace
        tokens: row.tokens
        visible: row.barWidth > 0
        width: row.barWidth
        x: row.barX
    }
    Value {
        amount: row.value
        anchors.verticalCenter: parent.verticalCenter
        display: row.display
        known: row.known
        tokens: row.tokens
        unit: row.unit
        width: row.valueWidth
        x: row.valueRight - width
    }
    Movement {
        anchors.right: parent.right
        anchors.rightMargin: 2.4 * row.u
        anchors.verticalCenter: parent.verticalCenter
        kind: row.movementKind
        places: row.movement
        tokens: row.tokens
        visible: row.moving
    }
}
