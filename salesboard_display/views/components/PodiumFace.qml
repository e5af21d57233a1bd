// Somebody on the podium: picture, name and gap above the step, the value on it. Whoever is not among the three is not seen.
import QtQuick

Mover {
    id: face

    required property string name
    required property string display
    required property string second
    required property real value
    required property bool known
    required property real movement
    required property string movementKind
    required property real colour
    required property string initials
    required property string picture
    required property bool leader

    required property var unit
    required property real stepHeight        // the height of the step
    required property real medalRank         // 0: gold

    readonly property real u: tokens.u
    readonly property bool onStep: place < 3
    readonly property real size: medalRank < 1 ? 16 : 12.4

    opacity: onStep && entered && !leaving ? 1 : 0
    visible: opacity > 0

    Behavior on stepHeight {
        enabled: face.settled && face.tokens.moves

        NumberAnimation {
            duration: face.tokens.rankMs
            easing.type: Easing.InOutCubic
        }
    }
    Behavior on x {
        enabled: face.settled && face.tokens.moves

        NumberAnimation {
            duration: face.tokens.rankMs
            easing.type: Easing.InOutCubic
        }
    }

    Icon {
        anchors.bottom: avatar.top
        anchors.bottomMargin: 0.5 * face.u
        anchors.horizontalCenter: parent.horizontalCenter
        colour: face.tokens.goldFill
        height: 4 * face.u
        name: "crown"
        visible: face.leader
        width: 5 * face.u
    }
    Rectangle {
        anchors.centerIn: avatar
        color: face.tokens.medal(face.medalRank)
        height: width
        radius: width / 2
        width: avatar.width + 1.4 * face.u
    }
    Avatar {
        id: avatar

        anchors.bottom: nameText.top
        anchors.bottomMargin: 1.1 * face.u
        anchors.horizontalCenter: parent.horizontalCenter
        colour: face.colour
        initials: face.initials
        picture: face.picture
        tokens: face.tokens
        width: Math.round(face.size * face.u / 2) * 2

        Behavior on width {
            enabled: face.settled && face.tokens.moves

            NumberAnimation {
                duration: face.tokens.rankMs
                easing.type: Easing.InOutCubic
            }
        }
    }
    Words {
        id: nameText

        anchors.bottom: secondText.top
        font.weight: Font.ExtraBold
        horizontalAlignment: Text.AlignHCenter
        moving: true
        size: face.medalRank < 1 ? 3.9 : 3.3
        text: face.name
        tokens: face.tokens
        width: parent.width
    }
    Supporting {
        id: secondText

        horizontalAlignment: Text.AlignHCenter
        line: face.second
        tokens: face.tokens
        width: parent.width
        y: face.height - face.stepHeight - height - 0.9 * face.u
    }
    Value {
        id: valueText

        amount: face.value
        display: face.display
        fontSizeMode: Text.HorizontalFit
        horizontalAlignment: Text.AlignHCenter
        known: face.known
        minimumPixelSize: face.tokens.movingPx(3)
        size: face.medalRank < 1 ? 5.6 : 4.6
        tokens: face.tokens
        unit: face.unit
        width: parent.width - 3 * face.u
        x: 1.5 * face.u
        y: face.height - face.stepHeight + 2.0 * face.u
    }
    Movement {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.top: valueText.bottom
        kind: face.movementKind
        places: face.movement
        tokens: face.tokens
        visible: face.movementKind === "up" || face.movementKind === "down" || face.movementKind === "new"
    }
}
