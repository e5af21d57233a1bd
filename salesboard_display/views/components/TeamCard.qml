// A team: its rank, name and value, and a column that fills up to its goal; a line shows where it should be by now.
import QtQuick

Mover {
    id: team

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
    required property string goalText
    required property real goalFraction
    required property real pace

    required property var unit
    required property bool compact

    readonly property real u: tokens.u
    readonly property bool hasGoal: goalFraction >= 0
    readonly property color ink: tokens.person(colour)
    readonly property real tubeWidth: (compact ? 5 : 11) * u
    readonly property real pad: (compact ? 2.2 : 3) * u
    readonly property real wordsX: pad + tubeWidth + (compact ? 2.2 : 3) * u
    readonly property real wordsWidth: width - wordsX - pad

    Behavior on x {
        enabled: team.settled && team.tokens.moves

        NumberAnimation {
            duration: team.tokens.rankMs
            easing.type: Easing.InOutCubic
        }
    }
    Behavior on y {
        enabled: team.settled && team.tokens.moves

        NumberAnimation {
            duration: team.tokens.rankMs
            easing.type: Easing.InOutCubic
        }
    }

    Rectangle {
        anchors.fill: parent
        border.color: team.glowing ? team.tokens.up : team.leader ? team.tokens.goldFill : team.tokens.hairline
        border.width: team.leader || team.glowing ? Math.max(2, 0.28 * team.u) : Math.max(1, 0.1 * team.u)
        color: team.leader || team.glowing ? team.tokens.raised : team.tokens.card
        radius: team.tokens.radius
    }
    Tube {
        id: tube

        anchors.bottom: parent.bottom
        anchors.bottomMargin: team.pad
        anchors.top: parent.top
        anchors.topMargin: team.pad
        colour: team.ink
        fraction: !team.known ? 0 : team.hasGoal ? team.goalFraction : team.bar
        pace: team.hasGoal ? team.pace : -1
        tokens: team.tokens
        width: team.tubeWidth
        x: team.pad
    }
    Words {
        id: rankText

        color: team.leader ? team.tokens.gold : team.tokens.muted
        elide: Text.ElideNone
        font.weight: Font.ExtraBold
        moving: true
        size: team.compact ? 4 : 7
        text: team.rank
        tokens: team.tokens
        x: team.wordsX
        y: team.pad - (team.compact ? 0.9 : 1.6) * team.u
    }
    Icon {
        anchors.left: rankText.right
        anchors.leftMargin: 1.4 * team.u
        anchors.verticalCenter: rankText.verticalCenter
        colour: team.tokens.goldFill
        height: (team.compact ? 2.6 : 4) * team.u
        name: "crown"
        visible: team.leader
        width: (team.compact ? 3.4 : 5) * team.u
    }
    Movement {
        anchors.right: parent.right
        anchors.rightMargin: team.pad
        anchors.verticalCenter: rankText.verticalCenter
        kind: team.movementKind
        places: team.movement
        tokens: team.tokens
    }
    Words {
        id: nameText

        anchors.top: rankText.bottom
        anchors.topMargin: team.compact ? 0 : 1.2 * team.u
        font.weight: Font.ExtraBold
        moving: true
        size: team.compact ? 3.7 : 4.6
        text: team.name
        tokens: team.tokens
        width: team.wordsWidth
        x: team.wordsX
    }
    Value {
        id: valueText

        amount: team.value
        anchors.top: nameText.bottom
        display: team.display
        fontSizeMode: Text.HorizontalFit
        horizontalAlignment: Text.AlignLeft
        known: team.known
        minimumPixelSize: team.tokens.movingPx(3)
        size: team.compact ? 4.8 : 6
        tokens: team.tokens
        unit: team.unit
        width: team.wordsWidth
        x: team.wordsX
    }
    Words {
        id: secondText

        anchors.top: valueText.bottom
        color: team.tokens.muted
        moving: true
        size: team.compact ? 2.4 : 2.6
        text: team.second
        tokens: team.tokens
        visible: text !== ""
        width: team.wordsWidth
        x: team.wordsX
    }
    Words {
        id: percentText

        // Taken from the ready text: two roundings of one figure must not stand on one card.
        readonly property var percent: team.goalText.match(/[\d.,]+[\s\u00a0]?%|%[\d.,]+/)

        anchors.bottom: team.compact ? goalWords.bottom : goalWords.top
        anchors.bottomMargin: team.compact ? -0.9 * team.u : 0
        color: team.goalFraction >= 1 ? team.tokens.gold : team.tokens.text
        font.weight: Font.ExtraBold
        horizontalAlignment: team.compact ? Text.AlignRight : Text.AlignLeft
        moving: true
        size: team.compact ? 4.2 : 8
        text: percent ? percent[0] : ""
        tokens: team.tokens
        visible: text !== "" && team.hasGoal && team.known
        width: team.compact ? implicitWidth : team.wordsWidth
        x: team.compact ? team.width - team.pad - width : team.wordsX
    }
    Words {
        id: goalWords

        anchors.bottom: parent.bottom
        anchors.bottomMargin: team.pad - 0.4 * team.u
        color: team.tokens.muted
        moving: true
        size: team.compact ? 2.4 : 2.6
        text: percentText.visible ? team.goalText.replace(percentText.text, "").replace(/[\s·]+$/, "") : team.goalText
        tokens: team.tokens
        visible: text !== ""
        width: team.wordsWidth - (team.compact && percentText.visible ? percentText.width + team.u : 0)
        x: team.wordsX
    }
}
