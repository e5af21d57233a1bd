// One step of the podium: a block with an edge of gold, silver or bronze, and its number.
import QtQuick

Item {
    id: step

    required property Tokens tokens
    required property real medalRank     // 0: gold

    readonly property real u: tokens.u
    readonly property color medal: tokens.medal(medalRank)

    Rectangle {
        anchors.fill: parent
        radius: step.tokens.radius

        gradient: Gradient {
            GradientStop {
                color: step.tokens.raised
                position: 0
            }
            GradientStop {
                color: step.tokens.card
                position: 0.8
            }
        }
    }
    Rectangle {
        color: step.medal
        height: 1.1 * step.u
        radius: height / 2
        width: parent.width
    }
    Words {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 0.4 * step.u
        anchors.horizontalCenter: parent.horizontalCenter
        color: step.medalRank < 1 ? step.tokens.gold : step.tokens.muted
        elide: Text.ElideNone
        font.weight: Font.ExtraBold
        size: step.medalRank < 1 ? 8.4 : 5.6
        text: (step.medalRank + 1).toFixed(0)
        tokens: step.tokens
    }
}
