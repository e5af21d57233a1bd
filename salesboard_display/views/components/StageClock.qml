// What time it is: really (for ages) and in the office (for the clock on the wall); ticks once a second while seen.
import QtQuick

QtObject {
    id: clock

    required property var office         // office_ms, real_ms, utc_offset_s, speed, mode
    property bool ticking: true
    property real now: Date.now()

    readonly property real officeMs: office.office_ms + (now - office.real_ms) * office.speed + office.utc_offset_s * 1000

    // The office's wall time in its own style, "14:32" or "2:32 PM".
    function time(locale: string): string {
        const then = new Date(officeMs);
        const face = new Date(2000, 0, 15, then.getUTCHours(), then.getUTCMinutes());
        return face.toLocaleTimeString(Qt.locale(locale), Locale.ShortFormat).replace(/[\u202f\u2009]/g, "\u00a0");
    }

    property Timer timer: Timer {
        interval: 1000
        repeat: true
        running: clock.ticking
        triggeredOnStart: true

        onTriggered: clock.now = Date.now()
    }
}
