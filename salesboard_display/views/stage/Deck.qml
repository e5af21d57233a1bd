// The slides: one stands; the next is made complete below it and shows as the old one fades above. What fades are
// pictures of both: painting two slides anew at every frame is too dear, and a layer keeps each of them twice.
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
    property var pictures: []            // of what fades; they last as long as somebody holds them
    property int change: 0               // counts slide changes: a picture of an earlier one comes too late
    readonly property bool fading: outgoing !== null

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
        endFade();
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
        endFade();
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
        take(outgoing, above, () => take(incoming, below, beginFade));
    }

    // A picture of a slide, then what follows; without one (nothing is drawn just now) there is no fade.
    function take(slide: Slide, into: Image, then: var) {
        const now = change;
        const taken = slide.grabToImage(picture => {
            if (now !== change) {
                return;
            }
            pictures.push(picture);
            into.source = picture.url;
            then();
        });
        if (!taken) {
            finish();
        }
    }

    function beginFade() {
        outgoing.opacity = 0;            // not invisible: a slide that is not visible stops counting
        current.opacity = 0;
        fade.start();
    }

    function endFade() {
        if (fade.running) {
            fade.complete();
        } else if (outgoing !== null) {
            finish();                    // its pictures were still being taken
        }
    }

    // A slide's end comes with a later turn of the event loop; until then it is not seen and needs no content.
    function drop(slide: Slide) {
        slide.visible = false;
        slide.head = slide.head;
        slide.destroy();
    }

    function finish() {
        change += 1;
        current.opacity = 1;
        above.source = below.source = "";
        pictures = [];
        if (outgoing !== null) {
            drop(outgoing);
            outgoing = null;
        }
        wall.settled(current.content);
    }

    Image {
        id: below

        anchors.fill: parent
        cache: false
        visible: status === Image.Ready
        z: 2
    }
    Image {
        id: above

        anchors.fill: parent
        cache: false
        visible: status === Image.Ready
        z: 3
    }
    NumberAnimation {
        id: fade

        duration: deck.liveTokens.fadeMs
        easing.type: Easing.InOutQuad
        from: 1
        property: "opacity"
        target: above
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
