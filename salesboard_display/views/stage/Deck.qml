// The slides: one stands; the next is made complete below it and shows as the old one fades above.
import QtQuick
import "../components"

Item {
    id: deck

    required property var wall
    required property Tokens liveTokens
    required property Tokens staleTokens
    required property StageClock clock
    required property real reserved
    required property real inset

    property Slide current: null
    property Slide outgoing: null
    property var wanted: null            // the content that is to stand; older ones still being made are dropped
    property var making: []              // the incubators at work: quick keys begin several
    property var components: ({})
    readonly property bool fading: fade.running

    function component(source: string): var {
        if (!components[source]) {
            components[source] = Qt.createComponent(source);
        }
        return components[source];
    }

    function prepare(sources: var) {
        sources.forEach(source => component(source));
    }

    // The next slide is made bit by bit between frames, hidden by the one that stands; then the fade begins.
    function present(content: var) {
        const made = component(content.source);
        if (made.status !== Component.Ready) {
            wall.broken(content.key, made.errorString());
            return;
        }
        fade.complete();
        wanted = content;
        making.slice().forEach(incubator => incubator.forceCompletion()); // to their end before their content's
        const properties = {
            "content": content,
            "liveTokens": liveTokens,
            "staleTokens": staleTokens,
            "clock": clock,
            "reserved": Qt.binding(() => deck.reserved),
            "inset": Qt.binding(() => deck.inset),
            "width": Qt.binding(() => deck.width),
            "height": Qt.binding(() => deck.height)
        };
        if (current === null || liveTokens.fadeMs === 0) {
            arrive(content, made.createObject(deck, properties));
            return;
        }
        current.z = 1;
        const incubator = made.incubateObject(deck, properties);
        if (incubator.status === Component.Ready) {
            arrive(content, incubator.object);
            return;
        }
        making.push(incubator);
        incubator.onStatusChanged = status => {
            if (status !== Component.Loading) {
                making = making.filter(other => other !== incubator);
                arrive(content, status === Component.Ready ? incubator.object : null);
            }
        };
    }

    // Nothing may be half made when the wall is taken down.
    function settle() {
        wanted = null;
        making.slice().forEach(incubator => incubator.forceCompletion());
        fade.complete();
    }

    function arrive(content: var, incoming: Slide) {
        if (incoming === null) {
            wall.broken(content.key, component(content.source).errorString());
            return;
        }
        if (content !== wanted) {
            drop(incoming);              // another was wanted meanwhile
            return;
        }
        outgoing = current;
        current = incoming;
        if (outgoing === null || liveTokens.fadeMs === 0) {
            finish();
            return;
        }
        outgoing.z = 1;
        outgoing.layer.enabled = true;
        incoming.layer.enabled = true;
        fade.start();
    }

    // A slide's end comes with a later turn of the event loop; until then it is not seen and needs no content.
    function drop(slide: Slide) {
        slide.visible = false;
        slide.head = slide.head;
        slide.destroy();
    }

    function finish() {
        current.layer.enabled = false;
        if (outgoing !== null) {
            drop(outgoing);
            outgoing = null;
        }
        wall.settled(current.content);
    }

    NumberAnimation {
        id: fade

        duration: deck.liveTokens.fadeMs
        easing.type: Easing.InOutQuad
        property: "opacity"
        target: deck.outgoing
        to: 0

        onFinished: deck.finish()
    }
    Connections {
        function onContentChanged() {
            if (deck.wall.content) {
                deck.present(deck.wall.content);
            }
        }

        target: deck.wall
    }
    Component.onCompleted: {
        prepare(wall.sources);
        if (wall.content) {
            present(wall.content);
        }
    }
}
