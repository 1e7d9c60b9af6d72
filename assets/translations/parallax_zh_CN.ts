<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>App</name>
    <message>
        <source>Something went wrong in the window: {0}.</source>
        <translation>窗口出错：{0}。</translation>
    </message>
    <message>
        <source>Runs are not touched by it. If it happens again, report it with the details.</source>
        <translation>运行不受影响。如果再次发生，请附上详情报告。</translation>
    </message>
</context>
<context>
    <name>AugmentPanel</name>
    <message>
        <source>Augmentations</source>
        <translation>数据增强</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Views of training images</source>
        <translation>训练图像的视图</translation>
    </message>
    <message>
        <source>Choose images and a method at the left: their views come here.</source>
        <translation>请在左侧选择图像和方法，其视图会显示在这里。</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>How many images are shown</source>
        <translation>显示多少张图像</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Seed of what is drawn</source>
        <translation>抽取所用的种子</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Show what this step of a run with these settings sees</source>
        <translation>显示使用这些设置的运行在该步看到的内容</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>Locked: every change is seen on the same draw. Unlocked: every change draws anew</source>
        <translation>锁定：每次改动都在同一次抽取上显示。解锁：每次改动都重新抽取</translation>
    </message>
    <message>
        <source>Reroll</source>
        <translation>重抽</translation>
    </message>
    <message>
        <source>Another draw for the same images</source>
        <translation>对相同图像重新抽取一次</translation>
    </message>
    <message>
        <source>Other images</source>
        <translation>其他图像</translation>
    </message>
    <message>
        <source>The next images of the training split</source>
        <translation>训练划分中的下一批图像</translation>
    </message>
    <message>
        <source>Unlocked</source>
        <translation>未锁定</translation>
    </message>
    <message>
        <source>Original, sample {0}</source>
        <translation>原图，样本 {0}</translation>
    </message>
    <message>
        <source>{0} · overlap of the crops {1}</source>
        <translation>{0} · 裁剪重叠 {1}</translation>
    </message>
    <message>
        <source>overlap
{0}</source>
        <translation>重叠
{0}</translation>
    </message>
    <message>
        <source>original</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>Point at a view to see what was drawn for it.</source>
        <translation>将鼠标指向某个视图，可查看为它抽取的参数。</translation>
    </message>
    <message>
        <source>seed {0}</source>
        <translation>种子 {0}</translation>
    </message>
    <message>
        <source>step {0}</source>
        <translation>第 {0} 步</translation>
    </message>
    <message>
        <source>{0} ms</source>
        <translation>{0} 毫秒</translation>
    </message>
    <message>
        <source>Time taken to draw and apply all views shown</source>
        <translation>抽取并应用所有显示视图所用的时间</translation>
    </message>
</context>
<context>
    <name>CurveCard</name>
    <message>
        <source>Which quantity this card shows</source>
        <translation>此卡片显示哪个量</translation>
    </message>
    <message>
        <source>Show another quantity here</source>
        <translation>在这里显示另一个量</translation>
    </message>
</context>
<context>
    <name>CurvePlot</name>
    <message>
        <source>step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Export numbers as CSV…</source>
        <translation>将数值导出为 CSV…</translation>
    </message>
    <message>
        <source>Export picture as PNG…</source>
        <translation>将图片导出为 PNG…</translation>
    </message>
    <message>
        <source>Export picture as SVG…</source>
        <translation>将图片导出为 SVG…</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
</context>
<context>
    <name>CurvesPanel</name>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Images a second</source>
        <translation>每秒图像数</translation>
    </message>
    <message>
        <source>kNN, validation</source>
        <translation>kNN（验证集）</translation>
    </message>
    <message>
        <source>Effective rank, validation</source>
        <translation>有效秩（验证集）</translation>
    </message>
    <message>
        <source>Effective rank</source>
        <translation>有效秩</translation>
    </message>
    <message>
        <source>Effective rank, projector</source>
        <translation>有效秩（projector）</translation>
    </message>
    <message>
        <source>Std × √d</source>
        <translation>标准差 × √d</translation>
    </message>
    <message>
        <source>Dead dimensions</source>
        <translation>失活维度</translation>
    </message>
    <message>
        <source>Alignment</source>
        <translation>对齐性</translation>
    </message>
    <message>
        <source>Uniformity</source>
        <translation>均匀性</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>平滑</translation>
    </message>
    <message>
        <source>Weight of the past in the moving average</source>
        <translation>滑动平均中历史值的权重</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What runs along x</source>
        <translation>横轴的含义</translation>
    </message>
    <message>
        <source>log x</source>
        <translation>x 对数</translation>
    </message>
    <message>
        <source>Logarithmic x</source>
        <translation>横轴取对数</translation>
    </message>
    <message>
        <source>log y</source>
        <translation>y 对数</translation>
    </message>
    <message>
        <source>Logarithmic y</source>
        <translation>纵轴取对数</translation>
    </message>
    <message>
        <source>no outliers</source>
        <translation>去除离群值</translation>
    </message>
    <message>
        <source>Leave outliers out of the range of y</source>
        <translation>纵轴范围不计离群值</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Show the whole run and follow it (double click)</source>
        <translation>显示整个运行并跟随（双击）</translation>
    </message>
    <message>
        <source>log</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>smoothing {0} · {1} · {2}</source>
        <translation>平滑 {0} · {1} · {2}</translation>
    </message>
    <message>
        <source>chance {0}</source>
        <translation>随机水平 {0}</translation>
    </message>
    <message>
        <source>checkpoint</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>resumed</source>
        <translation>已恢复</translation>
    </message>
    <message>
        <source>Start a run in Prepare, or pick one at the left.</source>
        <translation>请在“准备”中开始一次运行，或在左侧选择一个。</translation>
    </message>
    <message>
        <source>Measured at the end of an epoch.</source>
        <translation>在每轮结束时测量。</translation>
    </message>
    <message>
        <source>Measured every few steps.</source>
        <translation>每隔几步测量一次。</translation>
    </message>
    <message>
        <source>Comes with the first step.</source>
        <translation>随第一步出现。</translation>
    </message>
    <message>
        <source>None of these runs measures it.</source>
        <translation>这些运行都没有测量它。</translation>
    </message>
    <message>
        <source>1 = isotropic</source>
        <translation>1 = 各向同性</translation>
    </message>
    <message>
        <source>best {0} @ {1}</source>
        <translation>最佳 {0} @ {1}</translation>
    </message>
</context>
<context>
    <name>DeviceEditor</name>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>auto ({0})</source>
        <translation>自动（{0}）</translation>
    </message>
    <message>
        <source>{0} GiB free</source>
        <translation>{0} GiB 可用</translation>
    </message>
</context>
<context>
    <name>EmbeddingPanel</name>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>映射图</translation>
    </message>
    <message>
        <source>Selected</source>
        <translation>已选</translation>
    </message>
    <message>
        <source>Neighbours</source>
        <translation>近邻</translation>
    </message>
    <message>
        <source>Selected images</source>
        <translation>已选图像</translation>
    </message>
    <message>
        <source>Draw a rectangle or a lasso on the map.
Shift adds, Alt takes away.</source>
        <translation>在图上画矩形或套索。
Shift 添加，Alt 去除。</translation>
    </message>
    <message>
        <source>Nearest neighbours in the original space</source>
        <translation>原始空间中的最近邻</translation>
    </message>
    <message>
        <source>Click a point to see its nearest images.</source>
        <translation>点击一个点，查看与它最近的图像。</translation>
    </message>
    <message>
        <source>The two directions in which the features differ most: at once, and the same every time</source>
        <translation>特征差异最大的两个方向：立即得到，每次相同</translation>
    </message>
    <message>
        <source>Neighbourhoods kept as far as a plane can: takes a while</source>
        <translation>在平面上尽可能保持邻域：需要一些时间</translation>
    </message>
    <message>
        <source>Drag moves the map</source>
        <translation>拖动以移动映射图</translation>
    </message>
    <message>
        <source>Drag selects a rectangle; Shift adds, Alt takes away</source>
        <translation>拖动以选择矩形；Shift 添加，Alt 去除</translation>
    </message>
    <message>
        <source>Drag selects a lasso; Shift adds, Alt takes away</source>
        <translation>拖动以套索选择；Shift 添加，Alt 去除</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Show the whole map (double click)</source>
        <translation>显示整个映射图（双击）</translation>
    </message>
    <message>
        <source>Progress of the UMAP</source>
        <translation>UMAP 的进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stay with the PCA</source>
        <translation>停留在 PCA</translation>
    </message>
    <message>
        <source>Play the epochs</source>
        <translation>播放各轮</translation>
    </message>
    <message>
        <source>Epoch of the map</source>
        <translation>映射图的轮次</translation>
    </message>
    <message>
        <source>no UMAP</source>
        <translation>没有 UMAP</translation>
    </message>
    <message>
        <source>class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>cosine {0}</source>
        <translation>余弦 {0}</translation>
    </message>
    <message>
        <source>the one clicked</source>
        <translation>点击的图像</translation>
    </message>
    <message>
        <source>this</source>
        <translation>本图</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>In the original space of the features, not on the map</source>
        <translation>在特征的原始空间中，而不是在图上</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>UMAP {0} %</source>
        <translation>UMAP {0} %</translation>
    </message>
    <message>
        <source>Map · {0} of {1} of {2}</source>
        <translation>映射图 · {0}，{1} / {2}</translation>
    </message>
    <message>
        <source>trustworthiness {0}</source>
        <translation>可信度 {0}</translation>
    </message>
    <message>
        <source>Share of neighbours on the map that are neighbours in the original space too; 1 is all</source>
        <translation>图上的近邻中，在原始空间也是近邻的比例；1 为全部</translation>
    </message>
    <message>
        <source>epoch {0} / {1}</source>
        <translation>第 {0} / {1} 轮</translation>
    </message>
    <message>
        <source>Pick a run at the left to walk through the space that it learned.</source>
        <translation>请在左侧选择一个运行，浏览它学到的空间。</translation>
    </message>
    <message>
        <source>The first snapshot of this run&apos;s space comes with its first check on validation.</source>
        <translation>此运行的第一个空间快照会在首次验证时出现。</translation>
    </message>
    <message>
        <source>Making the map…</source>
        <translation>正在生成映射图…</translation>
    </message>
</context>
<context>
    <name>Form</name>
    <message>
        <source>Reset to {0}</source>
        <translation>重置为 {0}</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空</translation>
    </message>
</context>
<context>
    <name>LegendCard</name>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
</context>
<context>
    <name>ListEditor</name>
    <message>
        <source>with commas between</source>
        <translation>用逗号分隔</translation>
    </message>
</context>
<context>
    <name>MethodList</name>
    <message>
        <source>Search methods, papers, authors…</source>
        <translation>搜索方法、论文、作者…</translation>
    </message>
    <message>
        <source>Search methods</source>
        <translation>搜索方法</translation>
    </message>
    <message>
        <source>Methods</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>No method has these words.</source>
        <translation>没有包含这些词的方法。</translation>
    </message>
    <message>
        <source>Contrastive</source>
        <translation>对比学习</translation>
    </message>
    <message>
        <source>Distillation</source>
        <translation>蒸馏</translation>
    </message>
    <message>
        <source>Decorrelation</source>
        <translation>去相关</translation>
    </message>
    <message>
        <source>Clustering</source>
        <translation>聚类</translation>
    </message>
    <message>
        <source>Pretext tasks</source>
        <translation>前置任务</translation>
    </message>
    <message>
        <source>Masked images</source>
        <translation>掩码图像</translation>
    </message>
    <message>
        <source>Several modalities</source>
        <translation>多模态</translation>
    </message>
    <message>
        <source>Applied</source>
        <translation>应用</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Problem</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Traceback</source>
        <translation>Traceback</translation>
    </message>
</context>
<context>
    <name>NumberEditor</name>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>{title} must be {allowed}. Got {got}.</source>
        <translation>{title}必须为{allowed}。当前为 {got}。</translation>
    </message>
</context>
<context>
    <name>PathEditor</name>
    <message>
        <source>Browse</source>
        <translation>浏览</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
</context>
<context>
    <name>Row</name>
    <message>
        <source>Default: {0}.</source>
        <translation>默认：{0}。</translation>
    </message>
</context>
<context>
    <name>RunsModel</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Best kNN</source>
        <translation>最佳 kNN</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Images/s</source>
        <translation>图像/秒</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>preparing</source>
        <translation>准备中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>无法读取</translation>
    </message>
</context>
<context>
    <name>RunsPanel</name>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>筛选运行</translation>
    </message>
    <message>
        <source>List of runs</source>
        <translation>运行列表</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建运行</translation>
    </message>
    <message>
        <source>Set up another run (Ctrl+N)</source>
        <translation>设置另一次运行 (Ctrl+N)</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>No run has these words. Clear the filter to see all {0}.</source>
        <translation>没有包含这些词的运行。清除筛选可查看全部 {0} 个。</translation>
    </message>
    <message>
        <source>No runs yet. Choose data and a method in Prepare, then press Start. Each run gets a colour of its own.</source>
        <translation>还没有运行。请在“准备”中选择数据和方法，然后按“开始”。每个运行都有自己的颜色。</translation>
    </message>
    <message>
        <source>Hide in the plots</source>
        <translation>在图中隐藏</translation>
    </message>
    <message>
        <source>Show in the plots</source>
        <translation>在图中显示</translation>
    </message>
    <message>
        <source>Take out of the queue</source>
        <translation>移出队列</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Clone into Prepare</source>
        <translation>克隆到“准备”</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
</context>
<context>
    <name>RunsTable</name>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>All runs</source>
        <translation>所有运行</translation>
    </message>
    <message>
        <source>Filter by title, method, data, notes…</source>
        <translation>按标题、方法、数据、备注筛选…</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>筛选运行</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Table of runs</source>
        <translation>运行表格</translation>
    </message>
    <message>
        <source>No runs yet. Train one in Prepare: it appears here while it runs and stays when it is done.</source>
        <translation>还没有运行。请在“准备”中训练一个：运行时会显示在这里，完成后也会保留。</translation>
    </message>
    <message>
        <source>Chosen run</source>
        <translation>选中的运行</translation>
    </message>
    <message>
        <source>Notes, kept with the run</source>
        <translation>备注，随运行一起保存</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Clone into Prepare</source>
        <translation>克隆到“准备”</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>Choose a run in the table to resume it, clone it, or write a note.</source>
        <translation>在表格中选择一个运行，可恢复、克隆或写备注。</translation>
    </message>
</context>
<context>
    <name>ScatterPlot</name>
    <message>
        <source>Map</source>
        <translation>映射图</translation>
    </message>
</context>
<context>
    <name>SeesPanel</name>
    <message>
        <source>What it sees</source>
        <translation>它看到的</translation>
    </message>
    <message>
        <source>Which picture</source>
        <translation>哪张图片</translation>
    </message>
    <message>
        <source>What the method sees</source>
        <translation>方法看到的内容</translation>
    </message>
    <message>
        <source>Epoch of the pictures</source>
        <translation>图片的轮次</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>Pick or start a run: its method&apos;s own pictures come here.</source>
        <translation>选择或开始一个运行：方法自己的图片会显示在这里。</translation>
    </message>
    <message>
        <source>The method&apos;s own pictures (its views, guesses, reconstructions, attention) come with each snapshot.</source>
        <translation>方法自己的图片（视图、猜测、重建、注意力）随每个快照出现。</translation>
    </message>
</context>
<context>
    <name>SetupPanel</name>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Data and splits</source>
        <translation>数据与划分</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Optimiser and schedule</source>
        <translation>优化器与调度</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Name and notes</source>
        <translation>名称与备注</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Download now</source>
        <translation>立即下载</translation>
    </message>
    <message>
        <source>Dry run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Takes a few steps and throws them away</source>
        <translation>试走几步，然后丢弃</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Train with these settings (Ctrl+Return)</source>
        <translation>用这些设置训练 (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Copy as command line</source>
        <translation>复制为命令行</translation>
    </message>
    <message>
        <source>Copy as YAML</source>
        <translation>复制为 YAML</translation>
    </message>
    <message>
        <source>Save as YAML…</source>
        <translation>保存为 YAML…</translation>
    </message>
    <message>
        <source>Open YAML…</source>
        <translation>打开 YAML…</translation>
    </message>
    <message>
        <source>Reset everything</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Copied: {0}</source>
        <translation>已复制：{0}</translation>
    </message>
    <message>
        <source>Copied as YAML.</source>
        <translation>已复制为 YAML。</translation>
    </message>
    <message>
        <source>{0} found</source>
        <translation>找到 {0} 项</translation>
    </message>
    <message>
        <source>{0} settings</source>
        <translation>{0} 设置</translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation>{0} MB</translation>
    </message>
    <message>
        <source>not on this machine yet</source>
        <translation>尚未下载到本机</translation>
    </message>
    <message>
        <source>opening {0}…</source>
        <translation>正在打开 {0}…</translation>
    </message>
    <message>
        <source>{0} images to train on</source>
        <translation>{0} 张训练图像</translation>
    </message>
    <message>
        <source>{0} classes</source>
        <translation>{0} 个类别</translation>
    </message>
    <message>
        <source>{0} unreadable</source>
        <translation>{0} 个无法读取</translation>
    </message>
    <message>
        <source>opening {0}… {1} %</source>
        <translation>正在打开 {0}… {1} %</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>{0} images/s</source>
        <translation>{0} 图像/秒</translation>
    </message>
    <message>
        <source>{0} steps</source>
        <translation>{0} 步</translation>
    </message>
    <message>
        <source>{0} needs a look</source>
        <translation>请检查“{0}”</translation>
    </message>
    <message>
        <source>1 problem</source>
        <translation>1 个问题</translation>
    </message>
    <message>
        <source>{0} problems</source>
        <translation>{0} 个问题</translation>
    </message>
    <message>
        <source>Save as a preset…</source>
        <translation>存为预设…</translation>
    </message>
    <message>
        <source>Delete a preset</source>
        <translation>删除预设</translation>
    </message>
    <message>
        <source>Save as a preset</source>
        <translation>存为预设</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Save as YAML</source>
        <translation>保存为 YAML</translation>
    </message>
    <message>
        <source>{0} could not be written. {1}. Choose another place.</source>
        <translation>无法写入 {0}。{1}。请换一个位置。</translation>
    </message>
    <message>
        <source>Open YAML</source>
        <translation>打开 YAML</translation>
    </message>
</context>
<context>
    <name>SourceEditor</name>
    <message>
        <source>Browse for images</source>
        <translation>浏览图像</translation>
    </message>
    <message>
        <source>A folder of images, or an .npz file</source>
        <translation>图像文件夹，或 .npz 文件</translation>
    </message>
    <message>
        <source>Folder of images…</source>
        <translation>图像文件夹…</translation>
    </message>
    <message>
        <source>.npz file…</source>
        <translation>.npz 文件…</translation>
    </message>
    <message>
        <source>A folder of images</source>
        <translation>图像文件夹</translation>
    </message>
    <message>
        <source>Images as arrays</source>
        <translation>数组形式的图像</translation>
    </message>
    <message>
        <source>NumPy archives (*.npz)</source>
        <translation>NumPy 归档 (*.npz)</translation>
    </message>
</context>
<context>
    <name>StrengthsCard</name>
    <message>
        <source>Augmentation</source>
        <translation>数据增强</translation>
    </message>
    <message>
        <source>Preset of views</source>
        <translation>视图预设</translation>
    </message>
    <message>
        <source>A published recipe of views, as a start</source>
        <translation>以已发表的视图方案作为起点</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Back to the preset as it was published</source>
        <translation>恢复为发表时的预设</translation>
    </message>
    <message>
        <source>view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>local</source>
        <translation>局部</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>已改动</translation>
    </message>
    <message>
        <source>stored</source>
        <translation>原尺寸</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Switch on: {0}</source>
        <translation>开启：{0}</translation>
    </message>
    <message>
        <source>Switch on {0}</source>
        <translation>开启 {0}</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Prepare</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Start, or add to the queue</source>
        <translation>开始，或加入队列</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>暂停或继续</translation>
    </message>
    <message>
        <source>Stop after this step</source>
        <translation>在本步后停止</translation>
    </message>
    <message>
        <source>Checkpoint now</source>
        <translation>立即保存检查点</translation>
    </message>
    <message>
        <source>New run</source>
        <translation>新建运行</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>筛选运行</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Dark or light</source>
        <translation>深色或浅色</translation>
    </message>
    <message>
        <source>Open the folder of runs</source>
        <translation>打开运行文件夹</translation>
    </message>
    <message>
        <source>Reset the layout</source>
        <translation>重置布局</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>About Parallax</source>
        <translation>关于 Parallax</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Lag of the window</source>
        <translation>窗口延迟</translation>
    </message>
    <message>
        <source>The folder of runs cannot be read: {0}.</source>
        <translation>无法读取运行文件夹：{0}。</translation>
    </message>
    <message>
        <source>The run</source>
        <translation>该运行</translation>
    </message>
    <message>
        <source>{0} GiB free</source>
        <translation>{0} GiB 可用</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Move {0} to the bin?</source>
        <translation>将 {0} 移到回收站？</translation>
    </message>
    <message>
        <source>Move to the bin</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Ends after this step and keeps a checkpoint (Ctrl+.)</source>
        <translation>在本步后结束并保留检查点 (Ctrl+.)</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>epoch {0}/{1}</source>
        <translation>第 {0}/{1} 轮</translation>
    </message>
    <message>
        <source>step {0}/{1}</source>
        <translation>第 {0}/{1} 步</translation>
    </message>
    <message>
        <source>{0} images/s</source>
        <translation>{0} 图像/秒</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
    <message>
        <source>{0} in the queue</source>
        <translation>队列中 {0} 个</translation>
    </message>
    <message>
        <source>window lag {0} ms</source>
        <translation>窗口延迟 {0} 毫秒</translation>
    </message>
    <message>
        <source>How late the window answers, over the last 5 s: half of the time {0} ms, 99 % below {1} ms, at most {2} ms</source>
        <translation>窗口响应的延迟（最近 5 秒）：一半时间为 {0} 毫秒，99 % 低于 {1} 毫秒，最多 {2} 毫秒</translation>
    </message>
    <message>
        <source>Show or hide the chosen run</source>
        <translation>显示或隐藏选中的运行</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Delete the chosen run</source>
        <translation>删除选中的运行</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>Change a number by one step</source>
        <translation>将数字改变一步</translation>
    </message>
    <message>
        <source>Parallax, a workbench for self-supervised visual representation learning. MIT licence. Runs are kept in {0}.</source>
        <translation>Parallax，自监督视觉表示学习工作台。MIT 许可证。运行保存在 {0}。</translation>
    </message>
    <message>
        <source>A run is going on.</source>
        <translation>有一个运行正在进行。</translation>
    </message>
    <message>
        <source>A stopped run keeps a checkpoint and can be resumed to the very numbers that it would have had.</source>
        <translation>停止的运行会保留检查点，恢复后得到的数值与未中断时完全相同。</translation>
    </message>
    <message>
        <source>Stop after this step and close</source>
        <translation>在本步后停止并关闭</translation>
    </message>
    <message>
        <source>Keep training, close when done</source>
        <translation>继续训练，完成后关闭</translation>
    </message>
</context>
<context>
    <name>_Entry</name>
    <message>
        <source>{0}: {1}. Click hides, Ctrl+click shows it alone</source>
        <translation>{0}：{1}。点击隐藏，Ctrl+点击只显示它</translation>
    </message>
</context>
<context>
    <name>_Group</name>
    <message>
        <source>Advanced ({0})</source>
        <translation>高级（{0}）</translation>
    </message>
</context>
<context>
    <name>engine</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>A name of your own for the run.</source>
        <translation>为运行自取的名称。</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Notes, kept with the run.</source>
        <translation>备注，随运行一起保存。</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Words to find the run by.</source>
        <translation>用于查找运行的词。</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Encoder architecture. resnet10_narrow and vit_micro are sized for a CPU.</source>
        <translation>编码器结构。resnet10_narrow 和 vit_micro 的大小适合 CPU。</translation>
    </message>
    <message>
        <source>Stem</source>
        <translation>Stem</translation>
    </message>
    <message>
        <source>First layers of a ResNet: `small` keeps small images from shrinking at once.</source>
        <translation>ResNet 的前几层：`small` 避免小图像立即缩小。</translation>
    </message>
    <message>
        <source>Patch</source>
        <translation>Patch</translation>
    </message>
    <message>
        <source>Side of a ViT&apos;s patch; 0 takes an eighth of the image.</source>
        <translation>ViT 的 patch 边长；0 取图像的八分之一。</translation>
    </message>
    <message>
        <source>px</source>
        <translation>px</translation>
    </message>
    <message>
        <source>Pool</source>
        <translation>池化</translation>
    </message>
    <message>
        <source>What a ViT gives as its features: the class token, or the mean of the patch tokens.</source>
        <translation>ViT 以什么作为特征：class token，或 patch token 的均值。</translation>
    </message>
    <message>
        <source>Drop path</source>
        <translation>Drop path</translation>
    </message>
    <message>
        <source>Probability of skipping a ViT block (stochastic depth).</source>
        <translation>跳过一个 ViT 块的概率（随机深度）。</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>A built-in set (shapes, digits), a torchvision set (cifar10, stl10, ...), a folder of images or an .npz file.</source>
        <translation>内置数据集（shapes、digits）、torchvision 数据集（cifar10、stl10 等）、图像文件夹或 .npz 文件。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Side of the stored square images; 0 takes the set&apos;s own size.</source>
        <translation>存储的方形图像的边长；0 取数据集自身的尺寸。</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>How many images the shapes generator renders.</source>
        <translation>shapes 生成器渲染多少张图像。</translation>
    </message>
    <message>
        <source>images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Seed of the shapes generator and of the split.</source>
        <translation>shapes 生成器和划分的种子。</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Share of the training images kept apart, on which choices are made while training.</source>
        <translation>从训练图像中留出的比例，训练期间的选择依据它做出。</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Share kept for the final test, where the set brings no test split of its own.</source>
        <translation>数据集没有自带测试划分时，为最终测试留出的比例。</translation>
    </message>
    <message>
        <source>Root</source>
        <translation>根目录</translation>
    </message>
    <message>
        <source>Folder for downloaded sets; empty takes the user&apos;s cache folder.</source>
        <translation>存放已下载数据集的文件夹；留空则用用户的缓存文件夹。</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>Decoded images in memory, in a memory-mapped file, or whichever fits.</source>
        <translation>解码后的图像放在内存、内存映射文件，或视大小而定。</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Id of the method, as listed by `python -m engine methods`.</source>
        <translation>方法的 id，见 `python -m engine methods`。</translation>
    </message>
    <message>
        <source>kNN every</source>
        <translation>kNN 间隔</translation>
    </message>
    <message>
        <source>Epochs between two kNN checks on validation; 0 spends about 5 % of the time on them.</source>
        <translation>两次验证集 kNN 检查之间的轮数；0 表示约用 5 % 的时间。</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>kNN k</source>
        <translation>kNN k</translation>
    </message>
    <message>
        <source>Neighbours that vote.</source>
        <translation>参与投票的近邻数。</translation>
    </message>
    <message>
        <source>kNN images</source>
        <translation>kNN 图像</translation>
    </message>
    <message>
        <source>Most training images in the kNN&apos;s bank while training.</source>
        <translation>训练期间 kNN 库中的训练图像上限。</translation>
    </message>
    <message>
        <source>Diagnose every</source>
        <translation>诊断间隔</translation>
    </message>
    <message>
        <source>Steps between two looks at the collapse diagnostics.</source>
        <translation>两次坍塌诊断之间的步数。</translation>
    </message>
    <message>
        <source>steps</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Embed images</source>
        <translation>嵌入图像</translation>
    </message>
    <message>
        <source>Images in an embedding snapshot; 0 takes none.</source>
        <translation>每个嵌入快照中的图像数；0 表示不保存。</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Keep the method&apos;s own pictures with every embedding snapshot.</source>
        <translation>随每个嵌入快照保留方法自己的图片。</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>优化器</translation>
    </message>
    <message>
        <source>Optimiser.</source>
        <translation>优化器。</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Peak learning rate, used as it is (not scaled by the batch).</source>
        <translation>学习率峰值，按原值使用（不随批量缩放）。</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>权重衰减</translation>
    </message>
    <message>
        <source>Weight decay; biases and normalisation layers are left out.</source>
        <translation>权重衰减；不作用于偏置和归一化层。</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>动量</translation>
    </message>
    <message>
        <source>Momentum of SGD and LARS.</source>
        <translation>SGD 和 LARS 的动量。</translation>
    </message>
    <message>
        <source>Beta2</source>
        <translation>Beta2</translation>
    </message>
    <message>
        <source>Second moment&apos;s decay of AdamW.</source>
        <translation>AdamW 二阶矩的衰减。</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>调度</translation>
    </message>
    <message>
        <source>How the learning rate moves after the warm-up.</source>
        <translation>预热之后学习率如何变化。</translation>
    </message>
    <message>
        <source>Warmup</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>Share of the run in which the learning rate rises from 0.</source>
        <translation>学习率从 0 上升所占的运行比例。</translation>
    </message>
    <message>
        <source>Final</source>
        <translation>终值</translation>
    </message>
    <message>
        <source>Learning rate at the end, as a share of the peak.</source>
        <translation>结束时的学习率，以峰值的比例表示。</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>裁剪梯度</translation>
    </message>
    <message>
        <source>Largest norm of the gradient; 0 leaves it alone.</source>
        <translation>梯度的最大范数；0 表示不裁剪。</translation>
    </message>
    <message>
        <source>Accumulate</source>
        <translation>累积</translation>
    </message>
    <message>
        <source>Batches whose gradients are added up before one step.</source>
        <translation>一步之前累加梯度的批次数。</translation>
    </message>
    <message>
        <source>batches</source>
        <translation>批</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批量</translation>
    </message>
    <message>
        <source>Images a batch.</source>
        <translation>每批的图像数。</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Passes through the training images.</source>
        <translation>遍历训练图像的次数。</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Length as a time: the speed is measured first and turned into steps; 0 goes by epochs.</source>
        <translation>以时间表示的长度：先测速度再换算为步数；0 表示按轮数。</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Length in steps; 0 goes by minutes or epochs.</source>
        <translation>以步数表示的长度；0 表示按分钟或轮数。</translation>
    </message>
    <message>
        <source>Seed of everything that is drawn: weights, order, views, masks.</source>
        <translation>所有抽取的种子：权重、顺序、视图、掩码。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>auto, cpu, mps, cuda or cuda:N.</source>
        <translation>auto、cpu、mps、cuda 或 cuda:N。</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>auto takes bf16 where the machine is fast at it.</source>
        <translation>auto 在机器擅长时采用 bf16。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>CPU threads; 0 takes every core.</source>
        <translation>CPU 线程数；0 表示用全部核心。</translation>
    </message>
    <message>
        <source>Checkpoint seconds</source>
        <translation>检查点间隔</translation>
    </message>
    <message>
        <source>A checkpoint at least this often.</source>
        <translation>至少每隔这么久保存一次检查点。</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>How many views of this kind each image gets.</source>
        <translation>每张图像得到多少个此类视图。</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Local views are seen by the student alone (multi-crop).</source>
        <translation>局部视图只给学生网络看（multi-crop）。</translation>
    </message>
    <message>
        <source>Side of the view; 0 takes the stored size.</source>
        <translation>视图边长；0 取存储尺寸。</translation>
    </message>
    <message>
        <source>Crop, smallest area</source>
        <translation>裁剪最小面积</translation>
    </message>
    <message>
        <source>Smallest area of the random crop, as a share of the image.</source>
        <translation>随机裁剪的最小面积，以图像的比例表示。</translation>
    </message>
    <message>
        <source>Crop, largest area</source>
        <translation>裁剪最大面积</translation>
    </message>
    <message>
        <source>Largest area of the random crop, as a share of the image.</source>
        <translation>随机裁剪的最大面积，以图像的比例表示。</translation>
    </message>
    <message>
        <source>Crop, narrowest</source>
        <translation>裁剪最窄</translation>
    </message>
    <message>
        <source>Narrowest aspect ratio of the crop.</source>
        <translation>裁剪的最小宽高比。</translation>
    </message>
    <message>
        <source>Crop, widest</source>
        <translation>裁剪最宽</translation>
    </message>
    <message>
        <source>Widest aspect ratio of the crop.</source>
        <translation>裁剪的最大宽高比。</translation>
    </message>
    <message>
        <source>Flip</source>
        <translation>翻转</translation>
    </message>
    <message>
        <source>Probability of a horizontal flip.</source>
        <translation>水平翻转的概率。</translation>
    </message>
    <message>
        <source>Rotation</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Largest rotation to either side.</source>
        <translation>向两侧旋转的最大角度。</translation>
    </message>
    <message>
        <source>°</source>
        <translation>°</translation>
    </message>
    <message>
        <source>Colour jitter, probability</source>
        <translation>颜色抖动概率</translation>
    </message>
    <message>
        <source>Probability of the colour jitter.</source>
        <translation>颜色抖动的概率。</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Largest relative change of brightness.</source>
        <translation>亮度的最大相对变化。</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>Largest relative change of contrast.</source>
        <translation>对比度的最大相对变化。</translation>
    </message>
    <message>
        <source>Saturation</source>
        <translation>饱和度</translation>
    </message>
    <message>
        <source>Largest relative change of saturation.</source>
        <translation>饱和度的最大相对变化。</translation>
    </message>
    <message>
        <source>Hue</source>
        <translation>色相</translation>
    </message>
    <message>
        <source>Largest turn of the hue, as a share of the full circle.</source>
        <translation>色相的最大转动，以整圈的比例表示。</translation>
    </message>
    <message>
        <source>Grayscale</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>Probability of grey.</source>
        <translation>变为灰度的概率。</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>Probability of a Gaussian blur.</source>
        <translation>高斯模糊的概率。</translation>
    </message>
    <message>
        <source>Sigma min</source>
        <translation>Sigma 最小</translation>
    </message>
    <message>
        <source>Smallest blur, for an image of 224 px; scaled to the view.</source>
        <translation>最小模糊，以 224 px 图像计；随视图缩放。</translation>
    </message>
    <message>
        <source>Sigma max</source>
        <translation>Sigma 最大</translation>
    </message>
    <message>
        <source>Largest blur, for an image of 224 px; scaled to the view.</source>
        <translation>最大模糊，以 224 px 图像计；随视图缩放。</translation>
    </message>
    <message>
        <source>Solarize</source>
        <translation>曝光反转</translation>
    </message>
    <message>
        <source>Probability of inverting all values above one half.</source>
        <translation>将大于一半的值反转的概率。</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>擦除</translation>
    </message>
    <message>
        <source>Probability of erasing a random rectangle.</source>
        <translation>擦除一个随机矩形的概率。</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>A published recipe of views, the starting point of the groups below.</source>
        <translation>已发表的视图方案，下方各组的起点。</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Kinds of views, in the order in which the method gets them.</source>
        <translation>视图的种类，按方法接收的顺序。</translation>
    </message>
    <message>
        <source>Two crops of an image must find each other among all the other crops of the batch.</source>
        <translation>同一图像的两个裁剪要在整批的其他裁剪中找到对方。</translation>
    </message>
    <message>
        <source>A crop must find its partner, encoded by a slow copy of the encoder, among a queue of earlier crops.</source>
        <translation>一个裁剪要在由先前裁剪组成的队列中找到由编码器的慢速副本编码的另一半。</translation>
    </message>
    <message>
        <source>The encoder predicts what a slow copy of itself says of another view; there are no negatives.</source>
        <translation>编码器预测自己的慢速副本对另一视图的输出；没有负样本。</translation>
    </message>
    <message>
        <source>Predict one view from the other; only a stop-gradient keeps it from collapsing.</source>
        <translation>由一个视图预测另一个；仅靠 stop-gradient 避免坍塌。</translation>
    </message>
    <message>
        <source>Small crops must agree with a slow teacher&apos;s sharpened, centred opinion of the large crops.</source>
        <translation>小裁剪要与慢速教师对大裁剪给出的锐化、居中的判断一致。</translation>
    </message>
    <message>
        <source>Each output dimension agrees with itself across two views and with no other dimension.</source>
        <translation>每个输出维度在两个视图之间与自身一致，而与其他维度不相关。</translation>
    </message>
    <message>
        <source>Each view predicts to which of the learned prototypes the other view is assigned.</source>
        <translation>每个视图预测另一视图被分配到哪个学到的 prototype。</translation>
    </message>
    <message>
        <source>Tell by which of four right angles an image was turned.</source>
        <translation>判断图像被旋转了四个直角中的哪一个。</translation>
    </message>
    <message>
        <source>See a quarter of the patches and paint the rest.</source>
        <translation>只看四分之一的 patch，画出其余部分。</translation>
    </message>
    <message>
        <source>A rendered world of shapes whose every factor is known: shape, hue, size, place, rotation, background, light.</source>
        <translation>渲染的形状世界，每个因素都已知：形状、色相、大小、位置、旋转、背景、光照。</translation>
    </message>
    <message>
        <source>Real handwritten digits of 43 people, from scikit-learn; small and quick.</source>
        <translation>来自 scikit-learn 的 43 人真实手写数字；小而快。</translation>
    </message>
    <message>
        <source>Ten kinds of animals and vehicles: the field&apos;s first benchmark.</source>
        <translation>十种动物和交通工具：该领域的首个基准。</translation>
    </message>
    <message>
        <source>A hundred fine classes of things, at the size of CIFAR-10.</source>
        <translation>一百个细分类别，尺寸同 CIFAR-10。</translation>
    </message>
    <message>
        <source>Ten kinds of animals and vehicles at 96 px, few of them labelled.</source>
        <translation>十种动物和交通工具，96 px，少量有标签。</translation>
    </message>
    <message>
        <source>STL-10 as it was meant: 100,000 images without a label beside the 5,000 with one.</source>
        <translation>STL-10 的本来用法：100,000 张无标签图像加 5,000 张有标签图像。</translation>
    </message>
    <message>
        <source>Ten easily told classes of ImageNet.</source>
        <translation>ImageNet 中十个容易区分的类别。</translation>
    </message>
    <message>
        <source>House numbers photographed from the street, cut out digit by digit.</source>
        <translation>从街道拍摄的门牌号，逐位裁出。</translation>
    </message>
    <message>
        <source>Flowers of 102 kinds; a fine-grained set with few images a class.</source>
        <translation>102 种花；每类图像很少的细粒度数据集。</translation>
    </message>
    <message>
        <source>Cats and dogs of 37 breeds.</source>
        <translation>37 个品种的猫和狗。</translation>
    </message>
    <message>
        <source>Photographed dishes of 101 kinds, with noisy labels in the training split.</source>
        <translation>101 种菜肴的照片，训练划分的标签有噪声。</translation>
    </message>
    <message>
        <source>Land use seen by the Sentinel-2 satellite, in its three visible bands.</source>
        <translation>Sentinel-2 卫星可见光三波段下的土地利用。</translation>
    </message>
    <message>
        <source>Handwritten digits, at 32 px.</source>
        <translation>手写数字，32 px。</translation>
    </message>
    <message>
        <source>Grey pictures of clothes and shoes, at 32 px.</source>
        <translation>衣服和鞋子的灰度图片，32 px。</translation>
    </message>
    <message>
        <source>First look: SimCLR on Shapes, 3 minutes</source>
        <translation>初次体验：SimCLR，Shapes，3 分钟</translation>
    </message>
    <message>
        <source>Handwriting: Barlow Twins on Digits, 40 epochs</source>
        <translation>手写数字：Barlow Twins，Digits，40 轮</translation>
    </message>
    <message>
        <source>CIFAR-10 on a CPU: SimCLR, 30 minutes</source>
        <translation>CPU 上的 CIFAR-10：SimCLR，30 分钟</translation>
    </message>
    <message>
        <source>CIFAR-10 on a GPU: BYOL, ResNet-18, 200 epochs</source>
        <translation>GPU 上的 CIFAR-10：BYOL，ResNet-18，200 轮</translation>
    </message>
    <message>
        <source>STL-10 on a GPU: DINO, ViT-tiny, 100 epochs</source>
        <translation>GPU 上的 STL-10：DINO，ViT-tiny，100 轮</translation>
    </message>
    <message>
        <source>Paint the rest: MAE on Shapes, ViT-micro, 30 epochs</source>
        <translation>画出其余部分：MAE，Shapes，ViT-micro，30 轮</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 1. Small values look at the hardest negatives alone, large ones at all alike; the paper finds .5 best on CIFAR-10 after long training, .1 on ImageNet.</source>
        <translation>Softmax 温度 tau，式 1。小值只看最难的负样本，大值对所有负样本一视同仁；论文在 CIFAR-10 长时间训练后以 .5 为最佳，ImageNet 为 .1。</translation>
    </message>
    <message>
        <source>Hidden dimension</source>
        <translation>隐藏维度</translation>
    </message>
    <message>
        <source>Width of the projection head g; the paper takes the backbone&apos;s.</source>
        <translation>投影头 g 的宽度；论文取骨干网络的宽度。</translation>
    </message>
    <message>
        <source>Out dimension</source>
        <translation>输出维度</translation>
    </message>
    <message>
        <source>Size of z, on which the contrast acts; 128 in the paper, and it hardly matters (Fig. 8).</source>
        <translation>z 的大小，对比作用于其上；论文为 128，影响很小（图 8）。</translation>
    </message>
    <message>
        <source>Softmax temperature tau; .2 in v2 (.07 in v1).</source>
        <translation>Softmax 温度 tau；v2 为 .2（v1 为 .07）。</translation>
    </message>
    <message>
        <source>How much of the key encoder stays at each step. .999 in the paper&apos;s long runs, .99 in its CIFAR recipe; 0 copies the query encoder and fails (1911.05722, Sec. 4.1), 1 never moves.</source>
        <translation>每一步保留多少 key 编码器。论文的长训练为 .999，其 CIFAR 方案为 .99；0 等于复制 query 编码器而失败（1911.05722，4.1 节），1 则永不移动。</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Keys in the queue: 65,536 for ImageNet, 4,096 in the CIFAR recipe. Longer than the data, it holds an image&apos;s old keys.</source>
        <translation>队列中的 key 数：ImageNet 为 65,536，CIFAR 方案为 4,096。若比数据还长，会含有同一图像的旧 key。</translation>
    </message>
    <message>
        <source>Width of the MLP head, v2&apos;s first addition; 2,048 for a ResNet-50.</source>
        <translation>MLP 头的宽度，v2 的首个新增项；ResNet-50 为 2,048。</translation>
    </message>
    <message>
        <source>Size of queries and keys.</source>
        <translation>query 和 key 的大小。</translation>
    </message>
    <message>
        <source>BN splits</source>
        <translation>BN 分组</translation>
    </message>
    <message>
        <source>Parts of the batch normalised apart, the keys in shuffled order, in place of the paper&apos;s eight GPUs. 1 lets batch statistics tell a key which batch it came from, the shortcut of Sec. 3.3.</source>
        <translation>批次中分开归一化的份数，key 的顺序被打乱，用以代替论文的八块 GPU。1 会让批统计量泄露 key 来自哪一批，即 3.3 节所说的捷径。</translation>
    </message>
    <message>
        <source>Where the target&apos;s momentum starts; it rises to 1 along a cosine. .996 in the paper&apos;s long runs, less for short ones. 1 never moves the target, 0 makes it the online network: both fail (Table 5a).</source>
        <translation>目标网络动量的起点；它沿余弦升到 1。论文的长训练为 .996，短训练宜更小。1 使目标永不移动，0 使其等于在线网络：两者都失败（表 5a）。</translation>
    </message>
    <message>
        <source>Width of projector and predictor; 4,096 in the paper.</source>
        <translation>projector 和 predictor 的宽度；论文为 4,096。</translation>
    </message>
    <message>
        <source>Size of projection and prediction; 256 in the paper.</source>
        <translation>投影和预测的大小；论文为 256。</translation>
    </message>
    <message>
        <source>Width of the projector&apos;s three layers and size of z; 2,048 in the paper.</source>
        <translation>projector 三层的宽度以及 z 的大小；论文为 2,048。</translation>
    </message>
    <message>
        <source>Predictor dimension</source>
        <translation>predictor 维度</translation>
    </message>
    <message>
        <source>Width of the predictor&apos;s bottleneck, a quarter of z in the paper.</source>
        <translation>predictor 瓶颈的宽度，论文为 z 的四分之一。</translation>
    </message>
    <message>
        <source>Stop gradient</source>
        <translation>Stop gradient</translation>
    </message>
    <message>
        <source>Hold the gradient on the target&apos;s side. Without it the network collapses at once (Fig. 2).</source>
        <translation>在目标一侧截断梯度。没有它，网络会立即坍塌（图 2）。</translation>
    </message>
    <message>
        <source>Student temperature</source>
        <translation>学生温度</translation>
    </message>
    <message>
        <source>Softmax temperature of the student.</source>
        <translation>学生网络的 softmax 温度。</translation>
    </message>
    <message>
        <source>Teacher temperature</source>
        <translation>教师温度</translation>
    </message>
    <message>
        <source>Softmax temperature of the teacher after its warm-up, .04 to .07 in the paper, less on small sets: lower is sharper; near the student&apos;s it goes flat (Table 13).</source>
        <translation>预热后教师网络的 softmax 温度，论文为 .04 到 .07，小数据集宜更小：越低越锐利；接近学生的温度则变平（表 13）。</translation>
    </message>
    <message>
        <source>Warmup teacher temperature</source>
        <translation>教师预热温度</translation>
    </message>
    <message>
        <source>Where the teacher&apos;s temperature starts; .04 in the paper.</source>
        <translation>教师温度的起点；论文为 .04。</translation>
    </message>
    <message>
        <source>Share of the run in which the teacher&apos;s temperature moves to its final value.</source>
        <translation>教师温度移到终值所占的运行比例。</translation>
    </message>
    <message>
        <source>Where the teacher&apos;s momentum starts, rising to 1; .996 in the paper&apos;s long runs.</source>
        <translation>教师动量的起点，随后升到 1；论文的长训练为 .996。</translation>
    </message>
    <message>
        <source>Centre momentum</source>
        <translation>中心动量</translation>
    </message>
    <message>
        <source>Momentum of the centre; 1 switches centring off, one dimension then wins.</source>
        <translation>中心的动量；1 关闭居中，这时某一维度会独占。</translation>
    </message>
    <message>
        <source>Freeze last</source>
        <translation>冻结最后一层</translation>
    </message>
    <message>
        <source>Share of the run in which the last layer is held; one epoch of 100 in the paper.</source>
        <translation>最后一层保持不动所占的运行比例；论文为 100 轮中的 1 轮。</translation>
    </message>
    <message>
        <source>Largest norm of each parameter&apos;s gradient, clipped one by one; 0 leaves it alone.</source>
        <translation>逐个裁剪时每个参数梯度的最大范数；0 表示不裁剪。</translation>
    </message>
    <message>
        <source>Head norm</source>
        <translation>头部归一化</translation>
    </message>
    <message>
        <source>Batch normalisation in the head&apos;s hidden layers: off in the paper; a short run leaves the flat start sooner with it.</source>
        <translation>头部隐藏层中的批归一化：论文中关闭；短训练中开启可更快离开平坦的起点。</translation>
    </message>
    <message>
        <source>Width of the head; 2,048 in the paper.</source>
        <translation>头部的宽度；论文为 2,048。</translation>
    </message>
    <message>
        <source>Bottleneck dimension</source>
        <translation>瓶颈维度</translation>
    </message>
    <message>
        <source>Width of the head&apos;s bottleneck; 256 in the paper.</source>
        <translation>头部瓶颈的宽度；论文为 256。</translation>
    </message>
    <message>
        <source>Size K of the distribution; 65,536 in the paper.</source>
        <translation>分布的大小 K；论文为 65,536。</translation>
    </message>
    <message>
        <source>lambda</source>
        <translation>lambda</translation>
    </message>
    <message>
        <source>Weight lambda of the off-diagonal terms, Eq. 1; 5e-3 in the paper, flat around it (Fig. 5).</source>
        <translation>非对角项的权重 lambda，式 1；论文为 5e-3，附近变化平缓（图 5）。</translation>
    </message>
    <message>
        <source>Width of the projector&apos;s three layers and size of the embedding. 8,192 in the paper: it gains from width (Fig. 4).</source>
        <translation>projector 三层的宽度以及嵌入的大小。论文为 8,192：越宽越好（图 4）。</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Factor on the whole loss, so that one learning rate serves all methods; .024 in the official code.</source>
        <translation>整个损失的系数，使同一学习率适用于所有方法；官方代码为 .024。</translation>
    </message>
    <message>
        <source>Prototypes</source>
        <translation>Prototype 数</translation>
    </message>
    <message>
        <source>Number K of prototypes; 3,000 on ImageNet, some tens of times the classes.</source>
        <translation>prototype 的数量 K；ImageNet 为 3,000，约为类别数的数十倍。</translation>
    </message>
    <message>
        <source>Softmax temperature of the prediction.</source>
        <translation>预测的 softmax 温度。</translation>
    </message>
    <message>
        <source>Epsilon</source>
        <translation>Epsilon</translation>
    </message>
    <message>
        <source>Smoothness of the codes: large values make them all alike and the network collapses (App. D.1).</source>
        <translation>编码的平滑程度：值大则所有编码趋同，网络坍塌（附录 D.1）。</translation>
    </message>
    <message>
        <source>Sinkhorn iterations</source>
        <translation>Sinkhorn 迭代</translation>
    </message>
    <message>
        <source>Rounds of the Sinkhorn-Knopp algorithm.</source>
        <translation>Sinkhorn-Knopp 算法的轮数。</translation>
    </message>
    <message>
        <source>Earlier embeddings that join the batch when codes are made, for batches smaller than a few times K; 0 keeps none.</source>
        <translation>计算编码时加入批次的先前嵌入，用于批量小于 K 的几倍时；0 表示不保留。</translation>
    </message>
    <message>
        <source>Queue from</source>
        <translation>队列启用</translation>
    </message>
    <message>
        <source>Share of the run after which the queue is used.</source>
        <translation>运行进行到此比例之后才使用队列。</translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation>冻结</translation>
    </message>
    <message>
        <source>Share of the run in which the prototypes stay as drawn.</source>
        <translation>prototype 保持初始值所占的运行比例。</translation>
    </message>
    <message>
        <source>Width of the projection head; 2,048 in the paper.</source>
        <translation>投影头的宽度；论文为 2,048。</translation>
    </message>
    <message>
        <source>Size of the embedding.</source>
        <translation>嵌入的大小。</translation>
    </message>
    <message>
        <source>Mask ratio</source>
        <translation>掩码比例</translation>
    </message>
    <message>
        <source>Share of the patches that is hidden; .75 is best in the paper; a linear probe falls off below .6 (Fig. 5).</source>
        <translation>被隐藏的 patch 比例；论文中 .75 最佳；低于 .6 时线性探针下降（图 5）。</translation>
    </message>
    <message>
        <source>Decoder dimension</source>
        <translation>解码器维度</translation>
    </message>
    <message>
        <source>Width of the decoder, a multiple of 4; 512 in the paper.</source>
        <translation>解码器的宽度，须为 4 的倍数；论文为 512。</translation>
    </message>
    <message>
        <source>Decoder depth</source>
        <translation>解码器深度</translation>
    </message>
    <message>
        <source>Blocks of the decoder; 8 in the paper, 1 is enough for fine-tuning (Table 1a).</source>
        <translation>解码器的块数；论文为 8，微调时 1 即足够（表 1a）。</translation>
    </message>
    <message>
        <source>Decoder heads</source>
        <translation>解码器头数</translation>
    </message>
    <message>
        <source>Attention heads of the decoder; must divide its width.</source>
        <translation>解码器的注意力头数；须整除其宽度。</translation>
    </message>
    <message>
        <source>Normalise pixels</source>
        <translation>像素归一化</translation>
    </message>
    <message>
        <source>Reconstruct each patch normalised by its own mean and deviation (Table 1d).</source>
        <translation>以每个 patch 自身的均值和标准差归一化后再重建（表 1d）。</translation>
    </message>
</context>
<context>
    <name>forms</name>
    <message>
        <source>above {0}</source>
        <translation>大于 {0}</translation>
    </message>
    <message>
        <source>at least {0}</source>
        <translation>不小于 {0}</translation>
    </message>
    <message>
        <source>below {0}</source>
        <translation>小于 {0}</translation>
    </message>
    <message>
        <source>at most {0}</source>
        <translation>不大于 {0}</translation>
    </message>
    <message>
        <source> and </source>
        <translation> 且 </translation>
    </message>
</context>
</TS>
