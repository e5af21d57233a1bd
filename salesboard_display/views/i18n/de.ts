<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>AgeState</name>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <comment>minutes</comment>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h</source>
        <comment>hours</comment>
        <translation>%1 Std.</translation>
    </message>
    <message>
        <source>%1 d</source>
        <comment>days</comment>
        <translation>%1 Tage</translation>
    </message>
    <message>
        <source>Live · %1</source>
        <translation>Live · %1</translation>
    </message>
</context>
<context>
    <name>GoalCard</name>
    <message>
        <source>Where we should be</source>
        <translation>Soll bis heute</translation>
    </message>
</context>
<context>
    <name>Movement</name>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
</context>
<context>
    <name>PrizeCard</name>
    <message>
        <source>Prize</source>
        <translation>Preis</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>In front</source>
        <translation>Vorn</translation>
    </message>
</context>
<context>
    <name>Teams</name>
    <message>
        <source>Line: where we should be</source>
        <translation>Strich: Soll bis heute</translation>
    </message>
</context>
<context>
    <name>Wall</name>
    <message>
        <source>The engine ends again and again; the last board is shown. The log says why.</source>
        <translation>Das Hintergrundprogramm bricht immer wieder ab; gezeigt wird der letzte Stand. Den Grund nennt das Protokoll.</translation>
    </message>
</context>
</TS>
