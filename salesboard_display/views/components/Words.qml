// Every text of the wall: plain (a name is never markup), one line, elided at its end, with figures of one width.
import QtQuick

Text {
    id: words

    required property Tokens tokens
    property real size: 3
    property bool moving: false

    color: tokens.text
    elide: Text.ElideRight
    font.features: { "tnum": 1 }
    font.pixelSize: moving ? tokens.movingPx(size) : tokens.px(size)
    font.weight: Font.Medium
    horizontalAlignment: Text.AlignLeft
    lineHeight: Math.ceil(font.pixelSize * 1.37) // another script's letters never make a line higher ...
    lineHeightMode: Text.FixedHeight
    maximumLineCount: 1
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
    wrapMode: Text.NoWrap

    transform: Translate { // ... nor push it down: 1.066 is where the typeface's own line stands
        y: words.fontSizeMode === Text.FixedSize ? Math.round(words.font.pixelSize * 1.066 + (words.height - words.contentHeight) / 2 - words.baselineOffset) : 0
    }
}
