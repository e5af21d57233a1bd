// What a row of any list does when its place changes: it slides there. Who rises by his own doing passes over the others,
// and glows for a while.
import QtQuick

Item {
    id: mover

    required property Tokens tokens
    required property real place
    required property bool leaving
    required property real rises          // how often it has risen by a value of its own
    property bool settled: true           // false while its list is being built: then nothing moves

    property real slot: place
    property real before: place
    property real lift: 0
    property real jump: 0
    property bool glowing: false
    property bool entered: false
    readonly property real drift: (entered && !leaving ? 0 : 2 * tokens.u)

    opacity: entered && !leaving ? 1 : 0
    z: lift > 0 ? 10 + jump : 0

    Behavior on slot {
        enabled: mover.settled && mover.tokens.moves

        NumberAnimation {
            duration: mover.tokens.rankMs
            easing.type: Easing.InOutCubic
        }
    }
    Behavior on opacity {
        enabled: mover.settled && mover.tokens.moves

        NumberAnimation {
            duration: mover.tokens.enterMs
            easing.type: Easing.OutCubic
        }
    }
    SequentialAnimation {
        id: lifting

        NumberAnimation {
            duration: 160
            easing.type: Easing.OutCubic
            property: "lift"
            target: mover
            to: 1
        }
        PauseAnimation {
            duration: Math.max(0, mover.tokens.rankMs - 260)
        }
        NumberAnimation {
            duration: 260
            easing.type: Easing.InOutCubic
            property: "lift"
            target: mover
            to: 0
        }
    }
    Timer {
        id: glow

        interval: mover.tokens.glowMs

        onTriggered: mover.glowing = false
    }

    Component.onCompleted: entered = true
    onPlaceChanged: {
        const rise = before - place;
        before = place;
        jump = Math.max(0, rise);
        if (rise < 0) {
            glowing = false;
        }
    }
    onRisesChanged: {
        if (settled && tokens.moves && !leaving) {
            glowing = true;
            glow.restart();
            lifting.restart();
        }
    }
}
