// The cards beside a board, one below the other, each as tall as what it has to say.
pragma ComponentBehavior: Bound

import QtQuick

Item {
    id: column

    required property Tokens liveTokens
    required property Tokens staleTokens
    required property StageClock clock
    required property var panels          // a model of panels
    required property var head

    readonly property real u: liveTokens.u
    readonly property real gap: 1.6 * u
    readonly property real share: Math.min(1.4, (height - gap * Math.max(0, head.panelHeights.length - 1)) / Math.max(1, total * u)) * u
    readonly property real total: head.panelHeights.reduce((sum, each) => sum + each, 0)

    function topOf(place: real): real {
        let before = 0;
        for (let i = 0; i < place && i < head.panelHeights.length; i++) {
            before += head.panelHeights[i] * share + gap;
        }
        return before;
    }

    Repeater {
        model: column.panels

        Loader {
            id: panel

            required property real place
            required property string panelKind
            required property string label
            required property string title
            required property string line
            required property string display
            required property real value
            required property real fraction
            required property real pace
            required property real rowCount
            required property var unit
            required property var age
            required property var rows
            required property bool leaving

            height: (column.head.panelHeights[place] ?? 1) * column.share
            sourceComponent: panelKind === "goal" ? goal : challenge
            visible: !leaving && place < column.head.panelHeights.length
            width: column.width
            y: Math.round(column.topOf(place))

            Component {
                id: goal

                GoalCard {
                    age: panel.age
                    clock: column.clock
                    display: panel.display
                    fraction: panel.fraction
                    label: panel.label
                    line: panel.line
                    liveTokens: column.liveTokens
                    pace: panel.pace
                    staleTokens: column.staleTokens
                    title: panel.title
                    unit: panel.unit
                    value: panel.value
                }
            }
            Component {
                id: challenge

                ChallengeCard {
                    age: panel.age
                    clock: column.clock
                    label: panel.label
                    line: panel.line
                    liveTokens: column.liveTokens
                    rowCount: panel.rowCount
                    rows: panel.rows
                    staleTokens: column.staleTokens
                    title: panel.title
                    unit: panel.unit
                }
            }
        }
    }
}
