// What every slide is made of: its own opaque background, a header with the age of its data, and room for the view.
import QtQuick

Item {
    id: slide

    required property var content         // head, rows, panels
    required property Tokens liveTokens
    required property Tokens staleTokens
    required property StageClock clock
    required property real reserved       // kept free for the clock at the header's right
    required property real inset          // kept free for the ticker at the bottom
    property string note: ""              // a small word at the right of the header's second line
    property real noteRight: width - safe

    property var head: content ? content.head : ({})
    readonly property var rows: content ? content.rows : null
    readonly property var panels: content ? content.panels : null
    readonly property Tokens tokens: howOld.stale ? staleTokens : liveTokens
    readonly property real u: tokens.u
    readonly property real safe: tokens.safe
    readonly property bool hasPanels: head.panelHeights.length > 0
    default property alias contents: body.data

    AgeState {
        id: howOld

        age: slide.head.age
        clock: slide.clock
    }
    Rectangle {
        anchors.fill: parent
        anchors.margins: -slide.u         // the pixel shift never uncovers an edge

        gradient: Gradient {
            GradientStop {
                color: slide.tokens.background
                position: 0
            }
            GradientStop {
                color: slide.tokens.backgroundLow
                position: 1
            }
        }
    }
    Words {
        id: title

        font.weight: Font.ExtraBold
        size: slide.tokens.type.title
        text: slide.head.title
        tokens: slide.tokens
        width: Math.min(implicitWidth, slide.width - 2 * slide.safe - slide.reserved - chip.width - badge.width - 5 * slide.u)
        x: slide.safe
        y: slide.safe
    }
    Rectangle {
        id: badge

        readonly property string words: slide.head.final !== "" ? slide.head.final : slide.head.pageLabel

        anchors.left: title.right
        anchors.leftMargin: 2 * slide.u
        anchors.verticalCenter: title.verticalCenter
        color: slide.head.final !== "" ? slide.tokens.goldFill : slide.tokens.card
        height: 4.4 * slide.u
        radius: height / 2
        visible: words !== ""
        width: visible ? Math.min(badgeText.implicitWidth + 3.4 * slide.u, 44 * slide.u) : 0

        Words {
            id: badgeText

            anchors.centerIn: parent
            color: slide.head.final !== "" ? slide.tokens.onMedal : slide.tokens.text
            font.weight: Font.Bold
            size: slide.tokens.type.chip
            text: badge.words
            tokens: slide.tokens
            width: Math.min(implicitWidth, 40.6 * slide.u)
        }
    }
    FreshnessChip {
        id: chip

        anchors.verticalCenter: title.verticalCenter
        ageState: howOld
        tokens: slide.tokens
        x: slide.width - slide.safe - slide.reserved - width
    }
    Words {
        id: line

        anchors.top: title.bottom
        color: slide.tokens.muted
        size: slide.tokens.type.line
        text: slide.head.line
        tokens: slide.tokens
        visible: !banner.visible
        width: (note.visible ? note.x - 2 * slide.u : slide.width - slide.safe) - x
        x: slide.safe
    }
    Rectangle {
        id: banner

        anchors.top: title.bottom
        anchors.topMargin: -0.3 * slide.u
        color: slide.tokens.text
        height: 4.2 * slide.u
        radius: slide.u
        visible: howOld.banner !== ""
        width: Math.min(bannerText.implicitWidth + 7 * slide.u, (note.visible ? note.x - 2 * slide.u : slide.width - slide.safe) - x)
        x: slide.safe

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            colour: slide.tokens.background
            height: 2.6 * slide.u
            name: "warning"
            width: 2.8 * slide.u
            x: 1.4 * slide.u
        }
        Words {
            id: bannerText

            anchors.verticalCenter: parent.verticalCenter
            color: slide.tokens.background
            font.weight: Font.Bold
            size: slide.tokens.type.line
            text: howOld.banner
            tokens: slide.tokens
            width: parent.width - x - 1.6 * slide.u
            x: 5.2 * slide.u
        }
    }
    Words {
        id: note

        anchors.verticalCenter: line.verticalCenter
        color: slide.tokens.muted
        size: slide.tokens.type.second
        text: slide.note
        tokens: slide.tokens
        visible: text !== ""
        x: slide.noteRight - width
    }
    Item {
        id: body

        anchors.bottom: parent.bottom
        anchors.bottomMargin: slide.inset
        anchors.left: parent.left
        anchors.leftMargin: slide.safe
        anchors.right: parent.right
        anchors.rightMargin: slide.safe
        anchors.top: line.bottom
        anchors.topMargin: 1.0 * slide.u
    }
}
