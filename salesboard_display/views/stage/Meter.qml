// Counts frames where they happen; read once at the end. Runs only when somebody asked for figures.
import QtQuick
import "../components"

Item {
    id: meter

    required property Tokens tokens
    required property var wall
    required property bool changing      // a slide change is going on

    property real started: Date.now()
    property int frames: 0
    property int late: 0
    property real worst: 0
    property int changes: 0
    property int changeFrames: 0
    property int changeLate: 0
    property var changeWorst: []         // the longest frame of each slide change, ms
    property int settling: 0             // frames that still belong to the change
    property real factAt: 0
    property int swaps: 0                // the first frame still draws the old figure, the second has moved on
    property var latencies: []

    function reset() {
        started = Date.now();
        frames = late = worst = changes = changeFrames = changeLate = 0;
        changeWorst = [];
        latencies = [];
    }

    function figures(): var {
        return {
            "seconds": (Date.now() - started) / 1000,
            "frames": frames,
            "late": late,
            "worst_ms": worst,
            "slide_changes": changes,
            "change_frames": changeFrames,
            "change_late": changeLate,
            "change_worst_ms": changeWorst,
            "latencies_ms": latencies
        };
    }

    onChangingChanged: {
        if (changing) {
            changes += 1;
            changeWorst.push(0);
        }
        settling = 3;
    }

    FrameAnimation {
        running: true

        onTriggered: {
            const ms = frameTime * 1000;
            if (meter.changing || meter.settling > 0) {
                meter.settling -= 1;
                meter.changeFrames += 1;
                meter.changeLate += ms > 20 ? 1 : 0;
                const at = meter.changeWorst.length - 1;
                meter.changeWorst[at] = Math.max(meter.changeWorst[at] ?? 0, ms);
                return;
            }
            meter.frames += 1;
            meter.late += ms > 20 ? 1 : 0;
            meter.worst = Math.max(meter.worst, ms);
        }
    }
    Connections {
        function onValueChanging() {
            if (meter.factAt === 0 && meter.wall.factMs > 0) {
                meter.factAt = meter.wall.factMs;
                meter.swaps = 0;
            }
        }

        target: meter.tokens
    }
    Connections {
        function onFrameSwapped() {
            meter.swaps += 1;
            if (meter.factAt > 0 && meter.swaps === 2) {
                meter.latencies.push(Date.now() - meter.factAt);
                meter.factAt = 0;
            }
        }

        target: meter.Window.window
    }
}
