// How old a panel's data is right now. Goes on ageing by itself when the engine has fallen silent.
import QtQuick

QtObject {
    id: state

    required property var age            // a core Age as a map
    required property StageClock clock

    readonly property real seconds: Math.max(0, Math.floor((clock.now - age.as_of_ms) / 1000))
    readonly property string kind: {
        if (age.kind !== "live" && age.kind !== "late") {
            return age.kind;
        }
        if (age.stale_after_s > 0 && seconds > age.stale_after_s) {
            return "stale";
        }
        return age.late_after_s > 0 && seconds > age.late_after_s ? "late" : age.kind;
    }
    readonly property bool stale: kind === "stale"
    readonly property string span: {
        if (seconds < 60) {
            return qsTr("%1 s", "seconds").arg(seconds);
        }
        if (seconds < 3600) {
            return qsTr("%1 min", "minutes").arg(Math.floor(seconds / 60));
        }
        if (seconds < 48 * 3600) {
            return qsTr("%1 h", "hours").arg(Math.floor(seconds / 3600));
        }
        return qsTr("%1 d", "days").arg(Math.floor(seconds / 86400));
    }
    readonly property string text: {
        if (kind === "live") {
            return qsTr("Live · %1").arg(span);
        }
        return kind === age.kind ? age.text : age.late_text; // why it is stale stands in the banner
    }
    readonly property string banner: stale ? (age.kind === "stale" ? age.banner : age.stale_text) : ""
}
