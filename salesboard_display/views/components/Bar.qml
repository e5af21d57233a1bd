// How far: a fill in its track, and a mark where one should be by now.
import QtQuick

Item {
    id: bar

    required property Tokens tokens
    required property real fraction      // 0..1; more is drawn as full
    property real pace: -1               // < 0: no mark
    property color colour: tokens.goldFill
    property color trackColour: tokens.track
    property real shown: Math.max(0, Math.min(1, fraction))

    implicitHeight: 2.1 * tokens.u

    Behavior on shown {
        enabled: bar.tokens.moves

        NumberAnimation {
            duration: bar.tokens.valueMs
            easing.type: Easing.OutCubic
        }
    }

    Rectangle {
        anchors.fill: parent
        color: bar.trackColour
        radius: height / 2
    }
    Rectangle {
        color: bar.colour
        height: parent.height
        radius: height / 2
        visible: bar.shown > 0
        width: Math.max(height, Math.round(bar.width * bar.shown))
    }
    Rectangle {
        color: bar.tokens.text
        height: parent.height + 1.4 * bar.tokens.u
        radius: width / 2
        visible: bar.pace >= 0
        width: Math.max(2, Math.round(0.45 * bar.tokens.u))
        x: Math.round(bar.width * Math.min(1, bar.pace) - width / 2)
        y: -0.7 * bar.tokens.u
    }
}
