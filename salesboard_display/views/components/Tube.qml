// A standing bar: full is the goal at its top; a line where one should be by now.
import QtQuick

Item {
    id: tube

    required property Tokens tokens
    required property real fraction
    required property color colour
    property real pace: -1
    property real shown: Math.max(0, Math.min(1, fraction))

    readonly property real markY: height * (1 - Math.min(1, Math.max(0, pace)))

    Behavior on shown {
        enabled: tube.tokens.moves

        NumberAnimation {
            duration: tube.tokens.valueMs
            easing.type: Easing.OutCubic
        }
    }

    Rectangle {
        anchors.fill: parent
        color: tube.tokens.track
        radius: Math.min(width / 2, tube.tokens.radius)
    }
    Rectangle {
        anchors.bottom: parent.bottom
        color: tube.colour
        height: Math.max(2 * radius, Math.round(tube.height * tube.shown))
        radius: Math.min(width / 2, tube.tokens.radius)
        visible: tube.shown > 0
        width: parent.width
    }
    Rectangle {
        color: tube.tokens.text
        height: Math.max(2, Math.round(0.45 * tube.tokens.u))
        radius: height / 2
        visible: tube.pace >= 0
        width: parent.width + 1.8 * tube.tokens.u
        x: -0.9 * tube.tokens.u
        y: Math.round(tube.markY - height / 2)
    }
}
