// The line below a name: the team, and the gap in words. Where it is too long the team is cut, never the gap's figure.
import QtQuick

Words {
    id: supporting

    required property string line

    readonly property int cut: line.lastIndexOf(" · ")
    readonly property string gap: cut < 0 ? "" : line.slice(cut)

    color: tokens.muted
    moving: true
    size: tokens.type.second
    text: cut < 0 || whole.advanceWidth <= width ? line : team.elidedText + gap

    TextMetrics {
        id: whole

        font: supporting.font
        text: supporting.line
    }
    TextMetrics {
        id: end

        font: supporting.font
        text: supporting.gap
    }
    TextMetrics {
        id: team

        elide: Text.ElideRight
        elideWidth: Math.max(0, supporting.width - end.advanceWidth - 0.5 * supporting.tokens.u)
        font: supporting.font
        text: supporting.line.slice(0, Math.max(0, supporting.cut))
    }
}
