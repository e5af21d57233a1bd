// One item on its way along the ticker: a mark and words. `limit` cuts what has not been seen of it yet.
import QtQuick
import "../components"

Item {
    id: entry

    required property Tokens tokens
    property bool live: false
    property real birth: 0               // where on the endless line its left edge stands
    property real limit: 0               // 0: as wide as its words
    property string key: ""
    property string text: ""
    property string icon: "info"
    property string colour: "text"

    readonly property real u: tokens.u
    readonly property real lead: 4.3 * u
    readonly property color ink: colour === "gold" ? tokens.gold : colour === "up" ? tokens.up : tokens.text
    readonly property bool leftToRight: !/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(text)

    height: words.height
    // As an image: drawn once, then only moved. (And the software renderer draws a shape that lies wholly outside its
    // clip without any clip.)
    layer.enabled: live
    visible: live
    width: limit > 0 ? limit : lead + words.implicitWidth

    function fill(item: var, at: real) {
        key = item.key;
        text = item.text;
        icon = item.icon;
        colour = item.colour;
        limit = 0;
        birth = at;
        live = true;
    }

    Icon {
        anchors.verticalCenter: parent.verticalCenter
        colour: entry.colour === "text" ? entry.tokens.muted : entry.ink
        height: 2.9 * entry.u
        name: entry.icon
        width: 2.9 * entry.u
    }
    Words {
        id: words

        color: entry.ink
        font.weight: Font.Bold
        moving: true
        size: entry.tokens.type.ticker
        text: entry.text
        tokens: entry.tokens
        width: entry.limit > 0 ? entry.limit - entry.lead : implicitWidth
        x: entry.lead
    }
}
