<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AugmentPanel</name>
    <message>
        <source>Augmentations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Views of training images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose images and a method at the left: their views come here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Samples</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many images are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>auto</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed of what is drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what this step of a run with these settings sees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>any</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked: every change is seen on the same draw. Unlocked: every change draws anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reroll</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another draw for the same images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next images of the training split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlocked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Original, sample {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} · overlap of the crops {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>overlap
{0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Point at a view to see what was drawn for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time taken to draw and apply all views shown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CurveCard</name>
    <message>
        <source>Which quantity this card shows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show another quantity here</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CurvePlot</name>
    <message>
        <source>step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export numbers as CSV…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export picture as PNG…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export picture as SVG…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CurvesPanel</name>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kNN, validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effective rank, validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effective rank</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effective rank, projector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Std × √d</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dead dimensions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alignment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uniformity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Curves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight of the past in the moving average</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What runs along x</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log x</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logarithmic x</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logarithmic y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no outliers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave outliers out of the range of y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole run and follow it (double click)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>linear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>smoothing {0} · {1} · {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>chance {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>resumed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a run in Prepare, or pick one at the left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured at the end of an epoch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured every few steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comes with the first step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these runs measures it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 = isotropic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>best {0} @ {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DeviceEditor</name>
    <message>
        <source>auto</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>auto ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} GiB free</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>EmbeddingPanel</name>
    <message>
        <source>Embeddings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neighbours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Selected images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a rectangle or a lasso on the map.
Shift adds, Alt takes away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearest neighbours in the original space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click a point to see its nearest images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The two directions in which the features differ most: at once, and the same every time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neighbourhoods kept as far as a plane can: takes a while</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag moves the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag selects a rectangle; Shift adds, Alt takes away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag selects a lasso; Shift adds, Alt takes away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole map (double click)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of the UMAP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stay with the PCA</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play the epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch of the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no UMAP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>class</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cosine {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the one clicked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cosine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the original space of the features, not on the map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UMAP {0} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map · {0} of {1} of {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>trustworthiness {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of neighbours on the map that are neighbours in the original space too; 1 is all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epoch {0} / {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pick a run at the left to walk through the space that it learned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first snapshot of this run&apos;s space comes with its first check on validation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making the map…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Form</name>
    <message>
        <source>Reset to {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LegendCard</name>
    <message>
        <source>Colour by</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ListEditor</name>
    <message>
        <source>with commas between</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MethodList</name>
    <message>
        <source>Search methods, papers, authors…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search methods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Methods</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No method has these words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contrastive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Distillation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decorrelation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clustering</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pretext tasks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masked images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several modalities</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Applied</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Traceback</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NumberEditor</name>
    <message>
        <source>a whole number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title} must be {allowed}. Got {got}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PathEditor</name>
    <message>
        <source>Browse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Row</name>
    <message>
        <source>Default: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsModel</name>
    <message>
        <source>Run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Method</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best kNN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>queued</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>preparing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>finished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsPanel</name>
    <message>
        <source>Runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>List of runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up another run (Ctrl+N)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No run has these words. Clear the filter to see all {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No runs yet. Choose data and a method in Prepare, then press Start. Each run gets a colour of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide in the plots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in the plots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take out of the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clone into Prepare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RunsTable</name>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by title, method, data, notes…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table of runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No runs yet. Train one in Prepare: it appears here while it runs and stays when it is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chosen run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes, kept with the run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clone into Prepare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a run in the table to resume it, clone it, or write a note.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ScatterPlot</name>
    <message>
        <source>Map</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SeesPanel</name>
    <message>
        <source>What it sees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the method sees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epoch of the pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pick or start a run: its method&apos;s own pictures come here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The method&apos;s own pictures (its views, guesses, reconstructions, attention) come with each snapshot.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupPanel</name>
    <message>
        <source>Method</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data and splits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimiser and schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Training</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name and notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dry run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes a few steps and throws them away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train with these settings (Ctrl+Return)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as YAML…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open YAML…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied as YAML.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not on this machine yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opening {0}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} images to train on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} classes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} unreadable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opening {0}… {1} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} images/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} needs a look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as a preset…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete a preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as a preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as YAML</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} could not be written. {1}. Choose another place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open YAML</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SourceEditor</name>
    <message>
        <source>Browse for images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder of images, or an .npz file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of images…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>.npz file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder of images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images as arrays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NumPy archives (*.npz)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StrengthsCard</name>
    <message>
        <source>Augmentation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset of views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A published recipe of views, as a start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the preset as it was published</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>local</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch on: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch on {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Prepare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Train</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Explore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start, or add to the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop after this step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark or light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the folder of runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset the layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Parallax</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lag of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder of runs cannot be read: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} GiB free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move {0} to the bin?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to the bin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ends after this step and keeps a checkpoint (Ctrl+.)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epoch {0}/{1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step {0}/{1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} images/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} in the queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>window lag {0} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How late the window answers, over the last 5 s: half of the time {0} ms, 99 % below {1} ms, at most {2} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the chosen run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the chosen run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Del</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a number by one step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parallax, a workbench for self-supervised visual representation learning. MIT licence. Runs are kept in {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A run is going on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A stopped run keeps a checkpoint and can be resumed to the very numbers that it would have had.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop after this step and close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep training, close when done</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Entry</name>
    <message>
        <source>{0}: {1}. Click hides, Ctrl+click shows it alone</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Group</name>
    <message>
        <source>Advanced ({0})</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>engine</name>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name of your own for the run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notes, kept with the run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tags</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words to find the run by.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encoder architecture. resnet10_narrow and vit_micro are sized for a CPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First layers of a ResNet: `small` keeps small images from shrinking at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Patch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side of a ViT&apos;s patch; 0 takes an eighth of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pool</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a ViT gives as its features: the class token, or the mean of the patch tokens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probability of skipping a ViT block (stochastic depth).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A built-in set (shapes, digits), a torchvision set (cifar10, stl10, ...), a folder of images or an .npz file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side of the stored square images; 0 takes the set&apos;s own size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many images the shapes generator renders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed of the shapes generator and of the split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Validation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the training images kept apart, on which choices are made while training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share kept for the final test, where the set brings no test split of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Root</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder for downloaded sets; empty takes the user&apos;s cache folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Storage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoded images in memory, in a memory-mapped file, or whichever fits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Method</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Id of the method, as listed by `python -m engine methods`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kNN every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs between two kNN checks on validation; 0 spends about 5 % of the time on them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kNN k</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neighbours that vote.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kNN images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most training images in the kNN&apos;s bank while training.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnose every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps between two looks at the collapse diagnostics.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Embed images</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images in an embedding snapshot; 0 takes none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the method&apos;s own pictures with every embedding snapshot.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Optimiser.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak learning rate, used as it is (not scaled by the batch).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight decay; biases and normalisation layers are left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Momentum of SGD and LARS.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beta2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Second moment&apos;s decay of AdamW.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the learning rate moves after the warm-up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warmup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the run in which the learning rate rises from 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Final</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learning rate at the end, as a share of the peak.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest norm of the gradient; 0 leaves it alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accumulate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batches whose gradients are added up before one step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>batches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Images a batch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passes through the training images.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length as a time: the speed is measured first and turned into steps; 0 goes by epochs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length in steps; 0 goes by minutes or epochs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed of everything that is drawn: weights, order, views, masks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>auto, cpu, mps, cuda or cuda:N.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>auto takes bf16 where the machine is fast at it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CPU threads; 0 takes every core.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoint seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A checkpoint at least this often.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many views of this kind each image gets.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Local views are seen by the student alone (multi-crop).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side of the view; 0 takes the stored size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop, smallest area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest area of the random crop, as a share of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop, largest area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest area of the random crop, as a share of the image.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop, narrowest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Narrowest aspect ratio of the crop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Crop, widest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Widest aspect ratio of the crop.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probability of a horizontal flip.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rotation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest rotation to either side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour jitter, probability</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probability of the colour jitter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest relative change of brightness.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest relative change of contrast.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saturation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest relative change of saturation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest turn of the hue, as a share of the full circle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grayscale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probability of grey.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blur</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probability of a Gaussian blur.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sigma min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smallest blur, for an image of 224 px; scaled to the view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sigma max</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest blur, for an image of 224 px; scaled to the view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solarize</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probability of inverting all values above one half.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Erase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probability of erasing a random rectangle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A published recipe of views, the starting point of the groups below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Groups</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kinds of views, in the order in which the method gets them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two crops of an image must find each other among all the other crops of the batch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A crop must find its partner, encoded by a slow copy of the encoder, among a queue of earlier crops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The encoder predicts what a slow copy of itself says of another view; there are no negatives.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predict one view from the other; only a stop-gradient keeps it from collapsing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small crops must agree with a slow teacher&apos;s sharpened, centred opinion of the large crops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each output dimension agrees with itself across two views and with no other dimension.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each view predicts to which of the learned prototypes the other view is assigned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell by which of four right angles an image was turned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See a quarter of the patches and paint the rest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rendered world of shapes whose every factor is known: shape, hue, size, place, rotation, background, light.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Real handwritten digits of 43 people, from scikit-learn; small and quick.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ten kinds of animals and vehicles: the field&apos;s first benchmark.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A hundred fine classes of things, at the size of CIFAR-10.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ten kinds of animals and vehicles at 96 px, few of them labelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>STL-10 as it was meant: 100,000 images without a label beside the 5,000 with one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ten easily told classes of ImageNet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>House numbers photographed from the street, cut out digit by digit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Flowers of 102 kinds; a fine-grained set with few images a class.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cats and dogs of 37 breeds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Photographed dishes of 101 kinds, with noisy labels in the training split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Land use seen by the Sentinel-2 satellite, in its three visible bands.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Handwritten digits, at 32 px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grey pictures of clothes and shoes, at 32 px.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First look: SimCLR on Shapes, 3 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Handwriting: Barlow Twins on Digits, 40 epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CIFAR-10 on a CPU: SimCLR, 30 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CIFAR-10 on a GPU: BYOL, ResNet-18, 200 epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>STL-10 on a GPU: DINO, ViT-tiny, 100 epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paint the rest: MAE on Shapes, ViT-micro, 30 epochs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 1. Small values look at the hardest negatives alone, large ones at all alike; the paper finds .5 best on CIFAR-10 after long training, .1 on ImageNet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden dimension</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the projection head g; the paper takes the backbone&apos;s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Out dimension</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of z, on which the contrast acts; 128 in the paper, and it hardly matters (Fig. 8).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softmax temperature tau; .2 in v2 (.07 in v1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much of the key encoder stays at each step. .999 in the paper&apos;s long runs, .99 in its CIFAR recipe; 0 copies the query encoder and fails (1911.05722, Sec. 4.1), 1 never moves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys in the queue: 65,536 for ImageNet, 4,096 in the CIFAR recipe. Longer than the data, it holds an image&apos;s old keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the MLP head, v2&apos;s first addition; 2,048 for a ResNet-50.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of queries and keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BN splits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of the batch normalised apart, the keys in shuffled order, in place of the paper&apos;s eight GPUs. 1 lets batch statistics tell a key which batch it came from, the shortcut of Sec. 3.3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the target&apos;s momentum starts; it rises to 1 along a cosine. .996 in the paper&apos;s long runs, less for short ones. 1 never moves the target, 0 makes it the online network: both fail (Table 5a).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of projector and predictor; 4,096 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of projection and prediction; 256 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the projector&apos;s three layers and size of z; 2,048 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Predictor dimension</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the predictor&apos;s bottleneck, a quarter of z in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop gradient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold the gradient on the target&apos;s side. Without it the network collapses at once (Fig. 2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Student temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softmax temperature of the student.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Teacher temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softmax temperature of the teacher after its warm-up, .04 to .07 in the paper, less on small sets: lower is sharper; near the student&apos;s it goes flat (Table 13).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warmup teacher temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the teacher&apos;s temperature starts; .04 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the run in which the teacher&apos;s temperature moves to its final value.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the teacher&apos;s momentum starts, rising to 1; .996 in the paper&apos;s long runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Centre momentum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Momentum of the centre; 1 switches centring off, one dimension then wins.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Freeze last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the run in which the last layer is held; one epoch of 100 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest norm of each parameter&apos;s gradient, clipped one by one; 0 leaves it alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head norm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Batch normalisation in the head&apos;s hidden layers: off in the paper; a short run leaves the flat start sooner with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the head; 2,048 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bottleneck dimension</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the head&apos;s bottleneck; 256 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size K of the distribution; 65,536 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lambda</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weight lambda of the off-diagonal terms, Eq. 1; 5e-3 in the paper, flat around it (Fig. 5).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the projector&apos;s three layers and size of the embedding. 8,192 in the paper: it gains from width (Fig. 4).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Factor on the whole loss, so that one learning rate serves all methods; .024 in the official code.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prototypes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number K of prototypes; 3,000 on ImageNet, some tens of times the classes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softmax temperature of the prediction.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothness of the codes: large values make them all alike and the network collapses (App. D.1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sinkhorn iterations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rounds of the Sinkhorn-Knopp algorithm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earlier embeddings that join the batch when codes are made, for batches smaller than a few times K; 0 keeps none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the run after which the queue is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the run in which the prototypes stay as drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the projection head; 2,048 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the embedding.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask ratio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the patches that is hidden; .75 is best in the paper; a linear probe falls off below .6 (Fig. 5).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoder dimension</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width of the decoder, a multiple of 4; 512 in the paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoder depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blocks of the decoder; 8 in the paper, 1 is enough for fine-tuning (Table 1a).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoder heads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attention heads of the decoder; must divide its width.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normalise pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reconstruct each patch normalised by its own mean and deviation (Table 1d).</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>forms</name>
    <message>
        <source>above {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at least {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>below {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at most {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and </source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>self.window</name>
    <message>
        <source>Something went wrong in the window: {0}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs are not touched by it. If it happens again, report it with the details.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
