<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutRun</name>
    <message>
        <source>Notes, stored with the run</source>
        <translation>备注，随运行一起保存</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>备注</translation>
    </message>
</context>
<context>
    <name>AgreementCard</name>
    <message>
        <source>Agreement</source>
        <translation>一致性</translation>
    </message>
    <message>
        <source>neighbours kept</source>
        <translation>保留的近邻</translation>
    </message>
    <message>
        <source>linear CKA</source>
        <translation>线性 CKA</translation>
    </message>
    <message>
        <source>linear CKA is not defined: one of the spaces has collapsed to a point</source>
        <translation>线性 CKA 无定义：其中一个空间已坍塌为一点</translation>
    </message>
    <message>
        <source>linear CKA; 1: the same space up to rotation and scale</source>
        <translation>线性 CKA；1 表示除旋转和缩放外相同的空间</translation>
    </message>
    <message>
        <source>Linear centred kernel alignment (Kornblith et al. 2019): how similar the spaces are as a whole, from 0 to 1.</source>
        <translation>线性中心核对齐（Kornblith 等，2019）：两个空间整体上有多相似，从 0 到 1。</translation>
    </message>
    <message>
        <source>Rotating or scaling a space as a whole does not change it; directions of large variance count most.</source>
        <translation>对空间整体旋转或缩放不会改变它；方差大的方向最重要。</translation>
    </message>
    <message>
        <source>Two spaces can have a high CKA and few neighbours in common.</source>
        <translation>两个空间的 CKA 可以很高，而共同的近邻却很少。</translation>
    </message>
    <message>
        <source>neighbours kept: {0} of {1} nearest; chance level {2}</source>
        <translation>保留的近邻：{1} 个最近邻中的 {0} 个；随机水平 {2}</translation>
    </message>
    <message>
        <source>Which of a sample&apos;s {0} nearest by cosine in the left space are among its {0} nearest in the right one.</source>
        <translation>样本在左侧空间中按余弦的 {0} 个最近邻，有哪些也在右侧空间的 {0} 个最近邻之中。</translation>
    </message>
    <message>
        <source>The share is the mean over all samples; 100 % means that every neighbourhood stayed the same.</source>
        <translation>该比例是所有样本的平均值；100 % 表示每个邻域都保持不变。</translation>
    </message>
</context>
<context>
    <name>App</name>
    <message>
        <source>Something went wrong in the window: {0}.</source>
        <translation>窗口出错：{0}。</translation>
    </message>
    <message>
        <source>Runs are not affected. If it happens again, report it with the details.</source>
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
        <source>Choose images and a method on the left: their views are shown here.</source>
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
        <source>Seed of the random augmentations</source>
        <translation>随机增强的种子</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步</translation>
    </message>
    <message>
        <source>Show the views of this step of a run with these settings</source>
        <translation>显示采用这些设置的运行在该步的视图</translation>
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
        <source>Locked: the random numbers stay the same when a setting changes. Unlocked: every change draws new ones</source>
        <translation>锁定：更改设置时随机数保持不变。解锁：每次更改都重新抽取随机数</translation>
    </message>
    <message>
        <source>Reroll</source>
        <translation>重抽</translation>
    </message>
    <message>
        <source>New random numbers for the same images</source>
        <translation>为相同图像重新抽取随机数</translation>
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
        <source>Objects</source>
        <translation>物体</translation>
    </message>
    <message>
        <source>The outlines of the objects, and their boxes, where the data have masks and boxes</source>
        <translation>物体的轮廓和边界框（若数据带有掩码和边界框）</translation>
    </message>
    <message>
        <source>Compare presets</source>
        <translation>比较预设</translation>
    </message>
    <message>
        <source>One image under six published recipes, drawn from the same seed</source>
        <translation>同一张图像在六种已发表的方案下的样子，使用同一种子抽取</translation>
    </message>
    <message>
        <source>Unlocked</source>
        <translation>未锁定</translation>
    </message>
    <message>
        <source>one image, one seed, {0} recipes</source>
        <translation>一张图像，一个种子，{0} 种方案</translation>
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
        <source>{0}: the input of the method&apos;s network</source>
        <translation>{0}：方法输入网络的内容</translation>
    </message>
    <message>
        <source>original</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>local</source>
        <translation>局部</translation>
    </message>
    <message>
        <source>Point at a view to see its random parameters.</source>
        <translation>将鼠标移到一个视图上，查看其随机参数。</translation>
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
    <name>Bridge</name>
    <message>
        <source>Opening the data was cancelled. Choose other data, or these again, to open them.</source>
        <translation>已取消打开数据。请选择其他数据，或重新选择此数据以打开。</translation>
    </message>
</context>
<context>
    <name>BusyNotice</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Captions</name>
    <message>
        <source>and {0} more</source>
        <translation>另有 {0} 条</translation>
    </message>
</context>
<context>
    <name>Choices</name>
    <message>
        <source>Which checkpoint</source>
        <translation>哪个检查点</translation>
    </message>
    <message>
        <source>The checkpoint whose encoder is evaluated, and whose results are shown</source>
        <translation>评估此检查点的编码器，并显示其指标</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>the last</source>
        <translation>最后一个</translation>
    </message>
    <message>
        <source>after epoch {0}</source>
        <translation>第 {0} 轮之后</translation>
    </message>
    <message>
        <source>{0} labelled images, {1} steps</source>
        <translation>{0} 张有标签图像，{1} 步</translation>
    </message>
    <message>
        <source>{0} annotated images, {1} steps</source>
        <translation>{0} 张有标注的图像，{1} 步</translation>
    </message>
</context>
<context>
    <name>CompareCard</name>
    <message>
        <source>Evaluated runs</source>
        <translation>已评估的运行</translation>
    </message>
    <message>
        <source>Dot plot of the results of all evaluated runs; the table below has the same numbers</source>
        <translation>以点显示所有已评估运行的指标；下方表格内容相同</translation>
    </message>
    <message>
        <source>Results of all evaluated runs</source>
        <translation>所有已评估运行的指标</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the table of these runs</source>
        <translation>复制这些运行的表格</translation>
    </message>
    <message>
        <source>As Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>As CSV</source>
        <translation>复制为 CSV</translation>
    </message>
    <message>
        <source>No run is evaluated yet. Choose one on the left, tick what to measure and press Evaluate. Its results are kept here.</source>
        <translation>尚未评估任何运行。请在左侧选择一个，勾选要测量的内容，按“评估”：其指标会留在这里。</translation>
    </message>
    <message>
        <source>{0} runs on other data are evaluated. Evaluate this run to compare those on its data.</source>
        <translation>已评估 {0} 个使用其他数据的运行。评估此运行，即可与其数据上的运行比较。</translation>
    </message>
    <message>
        <source>{0} on {1}, in %</source>
        <translation>{0} 个，数据 {1}，单位 %</translation>
    </message>
    <message>
        <source>{0} on {1}, in %; {2} on other data left out</source>
        <translation>{0} 个，数据 {1}，单位 %；另有 {2} 个用其他数据，未列出</translation>
    </message>
    <message>
        <source>Test accuracy ± its standard error; the best of each column is bold. Results on different data cannot be compared.</source>
        <translation>测试准确率 ± 标准误；每列最佳值为粗体。不同数据上的结果不能比较。</translation>
    </message>
    <message>
        <source>{0}: test accuracy in % ± its standard error; in brackets the gain over the same encoder untrained; the best in bold.</source>
        <translation>{0}：测试准确率（%）± 标准误；括号内为相对同一未训练编码器的提升；最佳值为粗体。</translation>
    </message>
    <message>
        <source>The best of these runs</source>
        <translation>这些运行中最佳</translation>
    </message>
    <message>
        <source>{0}
{1}: {2}, {3} over untrained</source>
        <translation>{0}
{1}：{2}，比未训练时 {3}</translation>
    </message>
    <message>
        <source>{0}, untrained
{1}: {2}</source>
        <translation>{0}，未训练
{1}：{2}</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>{0} over the same encoder untrained</source>
        <translation>比同一编码器未训练时 {0}</translation>
    </message>
    <message>
        <source>95 % interval: {0} to {1}, from {2} test images</source>
        <translation>95 % 区间：{0} 到 {1}，基于 {2} 张测试图像</translation>
    </message>
    <message>
        <source>Measured on an older checkpoint than the run&apos;s last</source>
        <translation>来自比该运行最后检查点更早的检查点</translation>
    </message>
</context>
<context>
    <name>ComparedRuns</name>
    <message>
        <source>Settings in which the chosen runs differ</source>
        <translation>所选运行的不同设置</translation>
    </message>
    <message>
        <source>1 setting differs</source>
        <translation>1 项设置不同</translation>
    </message>
    <message>
        <source>{0} settings differ</source>
        <translation>{0} 项设置不同</translation>
    </message>
    <message>
        <source>Reading the settings…</source>
        <translation>正在读取设置…</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>No setting differs</source>
        <translation>没有不同的设置</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>The same in all: {0}</source>
        <translation>全部相同：{0}</translation>
    </message>
</context>
<context>
    <name>ComparisonBar</name>
    <message>
        <source>First and last epoch</source>
        <translation>第一轮与最后一轮</translation>
    </message>
    <message>
        <source>Backbone against projector</source>
        <translation>骨干网络与 projector</translation>
    </message>
    <message>
        <source>How training changed the space of this run</source>
        <translation>训练如何改变了本次运行的空间</translation>
    </message>
    <message>
        <source>The space that is used after training and the space on which the loss acts, both of this run&apos;s last epoch</source>
        <translation>训练后使用的空间与损失所作用的空间，均取本次运行的最后一轮</translation>
    </message>
    <message>
        <source>This run and another one</source>
        <translation>此运行与另一个运行</translation>
    </message>
    <message>
        <source>The last epochs of this run and of another one</source>
        <translation>此运行与另一个运行的最后一轮</translation>
    </message>
    <message>
        <source>Move together</source>
        <translation>同步移动</translation>
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
        <source>This run and…</source>
        <translation>此运行与…</translation>
    </message>
    <message>
        <source>Both maps show the same region; the right map is aligned with the left one</source>
        <translation>两张图显示相同区域；右图已与左图对齐</translation>
    </message>
</context>
<context>
    <name>ComputedColumns</name>
    <message>
        <source>neighbours that changed since the epoch before</source>
        <translation>自上一轮以来变化的近邻</translation>
    </message>
    <message>
        <source>clusters: k-means</source>
        <translation>聚类：k-means</translation>
    </message>
    <message>
        <source>clusters: HDBSCAN</source>
        <translation>聚类：HDBSCAN</translation>
    </message>
    <message>
        <source>agreement of its views</source>
        <translation>各视图的一致性</translation>
    </message>
    <message>
        <source>loss {0}</source>
        <translation>损失 {0}</translation>
    </message>
    <message>
        <source>agreement {0}</source>
        <translation>一致性 {0}</translation>
    </message>
    <message>
        <source>k</source>
        <translation>k</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>至少</translation>
    </message>
    <message>
        <source>distance to its nearest neighbours</source>
        <translation>到最近邻的距离</translation>
    </message>
    <message>
        <source>similarity to its nearest neighbour</source>
        <translation>与最近邻的相似度</translation>
    </message>
    <message>
        <source>margin of its class among its neighbours</source>
        <translation>近邻中其类别的优势</translation>
    </message>
    <message>
        <source>loss of the sample</source>
        <translation>样本的损失</translation>
    </message>
    <message>
        <source>Cancelled. Choose the column again to compute it.</source>
        <translation>已取消。再次选择该列即可计算。</translation>
    </message>
    <message>
        <source>Number of clusters</source>
        <translation>聚类个数</translation>
    </message>
    <message>
        <source>Least number of samples in a cluster</source>
        <translation>每个聚类的最少样本数</translation>
    </message>
    <message>
        <source>cluster {0}</source>
        <translation>聚类 {0}</translation>
    </message>
    <message>
        <source>is being computed…</source>
        <translation>正在计算…</translation>
    </message>
    <message>
        <source>could not be computed</source>
        <translation>无法计算</translation>
    </message>
    <message>
        <source>is being computed… {0} %</source>
        <translation>正在计算… {0} %</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>agreement</source>
        <translation>一致性</translation>
    </message>
    <message>
        <source>There is no snapshot before this one.</source>
        <translation>在此之前没有快照。</translation>
    </message>
    <message>
        <source>There are no classes.</source>
        <translation>没有类别。</translation>
    </message>
    <message>
        <source>checkpoint of epoch {0}</source>
        <translation>第 {0} 轮的检查点</translation>
    </message>
    <message>
        <source>{0} have none</source>
        <translation>{0} 个没有</translation>
    </message>
    <message>
        <source>steadiness {0}</source>
        <translation>稳定度 {0}</translation>
    </message>
    <message>
        <source>Steadiness: the correlation with the values from other random views and batches. Near 0 the order of the samples is random, near 1 it is reproducible.</source>
        <translation>稳定度：与其他随机视图和批次所得数值的相关性。接近 0 时样本的顺序是随机的，接近 1 时可以重现。</translation>
    </message>
    <message>
        <source>Mean cosine of the embeddings of a sample&apos;s views, over several draws: 1 is equal, 0 unrelated.</source>
        <translation>样本各视图嵌入的平均余弦，取多次抽取的平均：1 表示相同，0 表示无关。</translation>
    </message>
    <message>
        <source>Each sample&apos;s own part of the loss, in the unit of the loss: views and batches as in training, without learning. Mean of several draws of views and batches.</source>
        <translation>每个样本自己的损失部分，以损失的单位计：视图和批次与训练时相同，但不学习。取多次抽取视图和批次的平均。</translation>
    </message>
    <message>
        <source>Grey samples are in no cluster.</source>
        <translation>灰色样本不属于任何聚类。</translation>
    </message>
    <message>
        <source>{0} clusters</source>
        <translation>{0} 个聚类</translation>
    </message>
    <message>
        <source>{0} % in none</source>
        <translation>{0} % 不属于任何聚类</translation>
    </message>
    <message>
        <source>NMI {0}</source>
        <translation>NMI {0}</translation>
    </message>
    <message>
        <source>Agreement with classes: normalised mutual information {0}, adjusted Rand index {1}, on {2} samples.</source>
        <translation>与类别的一致性：归一化互信息 {0}，调整兰德指数 {1}，基于 {2} 个样本。</translation>
    </message>
    <message>
        <source>Colours as at epoch {0}: {1} % of the samples are in the cluster that has the same colour there.</source>
        <translation>颜色与第 {0} 轮一致：{1} % 的样本在那里也属于同色的聚类。</translation>
    </message>
    <message>
        <source>share of its neighbours that have its class</source>
        <translation>邻居中与其同类的比例</translation>
    </message>
</context>
<context>
    <name>CurveCard</name>
    <message>
        <source>Which quantity this card shows</source>
        <translation>此卡片显示哪个量</translation>
    </message>
    <message>
        <source>Show another quantity here, enlarge, move or remove the plot</source>
        <translation>在此显示另一个量，或放大、移动、移除此图</translation>
    </message>
    <message>
        <source>1 plot more where there is room: enlarge</source>
        <translation>空间足够时还有 1 个图：请放大</translation>
    </message>
    <message>
        <source>{0} plots more where there is room: enlarge</source>
        <translation>空间足够时还有 {0} 个图：请放大</translation>
    </message>
    <message>
        <source>Back to all plots (Esc)</source>
        <translation>返回全部图（Esc）</translation>
    </message>
    <message>
        <source>Enlarge (Enter, or a double click on the plot)</source>
        <translation>放大（回车，或双击图）</translation>
    </message>
    <message>
        <source>Back to all plots</source>
        <translation>返回全部图</translation>
    </message>
    <message>
        <source>Enlarge</source>
        <translation>放大</translation>
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
        <source>1 seed</source>
        <translation>1 个种子</translation>
    </message>
    <message>
        <source>{0} seeds</source>
        <translation>{0} 个种子</translation>
    </message>
    <message>
        <source>Back to all plots</source>
        <translation>返回全部图</translation>
    </message>
    <message>
        <source>Enlarge</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Move forward</source>
        <translation>前移</translation>
    </message>
    <message>
        <source>Move back</source>
        <translation>后移</translation>
    </message>
    <message>
        <source>Remove this plot</source>
        <translation>移除此图</translation>
    </message>
    <message>
        <source>{0} curves</source>
        <translation>{0} 条曲线</translation>
    </message>
    <message>
        <source>Figure…</source>
        <translation>图…</translation>
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
        <source>Images per second</source>
        <translation>每秒图像数</translation>
    </message>
    <message>
        <source>kNN, validation</source>
        <translation>kNN（验证集）</translation>
    </message>
    <message>
        <source>Pretext task, validation</source>
        <translation>代理任务（验证）</translation>
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
        <source>Weight of past values in the exponential moving average</source>
        <translation>指数移动平均中过去值的权重</translation>
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
        <source>Quantity on the x axis</source>
        <translation>横轴上的量</translation>
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
        <source>in its first stage, “{0}”</source>
        <translation>先进行其“{0}”阶段</translation>
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
        <source>Start a run in Prepare, or choose one on the left.</source>
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
        <source>Measured from the first step on.</source>
        <translation>从第一步起测量。</translation>
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
    <message>
        <source>Reading the metrics… {0} %</source>
        <translation>正在读取指标… {0} %</translation>
    </message>
    <message>
        <source>last {0}</source>
        <translation>最近 {0}</translation>
    </message>
    <message>
        <source>by seed</source>
        <translation>按种子</translation>
    </message>
    <message>
        <source>Draw runs that are equal but for the seed as their mean, with a band of one standard deviation (n − 1)</source>
        <translation>仅种子不同的运行画为均值，并以色带表示一个标准差（n − 1）</translation>
    </message>
    <message>
        <source>Logarithmic y of the large plot</source>
        <translation>大图的 y 轴取对数</translation>
    </message>
    <message>
        <source>Show the whole run and follow it (Home)</source>
        <translation>显示整个运行并跟随（Home）</translation>
    </message>
    <message>
        <source>Plots…</source>
        <translation>指标…</translation>
    </message>
    <message>
        <source>All figures that the runs measure: filter them by name, add and remove plots</source>
        <translation>运行所测量的全部指标：按名称筛选，添加或移除图</translation>
    </message>
    <message>
        <source>stage “{0}”</source>
        <translation>阶段“{0}”</translation>
    </message>
    <message>
        <source>1 run</source>
        <translation>1 个运行</translation>
    </message>
    <message>
        <source>{0} runs</source>
        <translation>{0} 个运行</translation>
    </message>
    <message>
        <source>Runs of another method have another loss: they are drawn in a plot of their own.</source>
        <translation>另一种方法的运行有另一种损失：画在各自的图中。</translation>
    </message>
    <message>
        <source>What is measured on other data cannot be compared: it is drawn in a plot of its own.</source>
        <translation>在其他数据上测得的值不可比较：画在各自的图中。</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>not equal: {0}</source>
        <translation>不同：{0}</translation>
    </message>
    <message>
        <source>These runs differ in {0}, on which the values depend: compare their course rather than their height.</source>
        <translation>这些运行的{0}不同，数值取决于此：请比较走势而非高低。</translation>
    </message>
    <message>
        <source>{0} seeds</source>
        <translation>{0} 个种子</translation>
    </message>
    <message>
        <source>, {0} with a seed again left out</source>
        <translation>，另有 {0} 个重复种子未计入</translation>
    </message>
    <message>
        <source>Mean ± standard deviation:</source>
        <translation>均值 ± 标准差：</translation>
    </message>
    <message>
        <source>No two of the runs shown are equal but for the seed.</source>
        <translation>所显示的运行中没有仅种子不同的。</translation>
    </message>
    <message>
        <source>Reading the settings of {0} runs…</source>
        <translation>正在读取 {0} 个运行的设置…</translation>
    </message>
    <message>
        <source>Std, validation</source>
        <translation>标准差（验证集）</translation>
    </message>
</context>
<context>
    <name>DataCard</name>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Twelve of the images, as they are trained on</source>
        <translation>十二张图像，与训练时所见相同</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Classes with counts, splits, files that were not read, how images are scaled and cropped</source>
        <translation>各类别的数量、划分、未读取的文件、图像如何缩放与裁剪</translation>
    </message>
    <message>
        <source>Samples of the data</source>
        <translation>数据样本</translation>
    </message>
    <message>
        <source>reading {0}</source>
        <translation>读取中 {0}</translation>
    </message>
    <message>
        <source>opening {0}…</source>
        <translation>正在打开 {0}…</translation>
    </message>
    <message>
        <source>not on this machine yet</source>
        <translation>尚不在本机</translation>
    </message>
    <message>
        <source>It is downloaded once, {0}.</source>
        <translation>只需下载一次，{0}。</translation>
    </message>
    <message>
        <source>It is downloaded once.</source>
        <translation>只需下载一次。</translation>
    </message>
    <message>
        <source>These data cannot be opened.</source>
        <translation>无法打开这些数据。</translation>
    </message>
    <message>
        <source>reading</source>
        <translation>读取中</translation>
    </message>
    <message>
        <source>Measured on this CPU with a few steps at each size, on drawn images; checks on validation images are included. A smaller image has less detail.</source>
        <translation>在此 CPU 上以每种尺寸用绘制的图像测量几步；包含对验证图像的检查。较小的图像细节较少。</translation>
    </message>
    <message>
        <source>Download now</source>
        <translation>立即下载</translation>
    </message>
    <message>
        <source>Use them</source>
        <translation>采用</translation>
    </message>
    <message>
        <source>Use {0} px</source>
        <translation>用 {0} 像素</translation>
    </message>
    <message>
        <source>{0} images</source>
        <translation>{0} 张图像</translation>
    </message>
    <message>
        <source>{0} classes</source>
        <translation>{0} 个类别</translation>
    </message>
    <message>
        <source>{0} px</source>
        <translation>{0} 像素</translation>
    </message>
    <message>
        <source>a visible goal</source>
        <translation>图像中可见的目标</translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation>{0} MB</translation>
    </message>
    <message>
        <source>{0} GB</source>
        <translation>{0} GB</translation>
    </message>
    <message>
        <source>no classes</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>{0} not read</source>
        <translation>{0} 个未读取</translation>
    </message>
    <message>
        <source>No classes: kNN and probes are not measured.</source>
        <translation>没有类别：不测量 kNN 与探针。</translation>
    </message>
    <message>
        <source>and {0} more</source>
        <translation>以及另外 {0} 个</translation>
    </message>
    <message>
        <source>{0} without a class</source>
        <translation>{0} 张没有类别</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>{0}. Validation and test are cut from the training images.</source>
        <translation>{0}。验证与测试从训练图像中划出。</translation>
    </message>
    <message>
        <source>{0}. All three are the source&apos;s own.</source>
        <translation>{0}。三者都是数据源自带的。</translation>
    </message>
    <message>
        <source>{0}. {1} is the source&apos;s own, {2} is cut from the training images.</source>
        <translation>{0}。{1}是数据源自带的，{2}从训练图像中划出。</translation>
    </message>
    <message>
        <source>Trained on at {0} px.</source>
        <translation>以 {0} 像素训练。</translation>
    </message>
    <message>
        <source>Used as they are, {0} px.</source>
        <translation>按原样使用，{0} 像素。</translation>
    </message>
    <message>
        <source>{0} to {1}</source>
        <translation>{0} 至 {1}</translation>
    </message>
    <message>
        <source>Files of {0} px, each scaled to {1} px.</source>
        <translation>文件为 {0} 像素，各缩放到 {1} 像素。</translation>
    </message>
    <message>
        <source>Files of {0} px: the short side is scaled to {1} px, the middle cut out ({2} % lost).</source>
        <translation>文件为 {0} 像素：短边缩放到 {1} 像素，裁出中间部分（失去 {2} %）。</translation>
    </message>
    <message>
        <source>{0} % of the files are smaller and are enlarged.</source>
        <translation>{0} % 的文件较小，会被放大。</translation>
    </message>
    <message>
        <source>{0} px takes about {1} on this CPU, {2} px about {3}.</source>
        <translation>在此 CPU 上 {0} 像素约需 {1}，{2} 像素约需 {3}。</translation>
    </message>
    <message>
        <source>The {0} folders one level down look like the classes: {1}</source>
        <translation>下一层的 {0} 个文件夹看来是类别：{1}</translation>
    </message>
    <message>
        <source>There are no folders one level down. {0} folders look like the classes: {1}</source>
        <translation>下一层没有文件夹。{0} 个文件夹看来是类别：{1}</translation>
    </message>
    <message>
        <source>captions</source>
        <translation>图像描述</translation>
    </message>
    <message>
        <source>masks</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>class maps</source>
        <translation>类别图</translation>
    </message>
    <message>
        <source>boxes</source>
        <translation>边界框</translation>
    </message>
    <message>
        <source>Beside images: {0}.</source>
        <translation>除图像外还有：{0}。</translation>
    </message>
    <message>
        <source>labels an image: {0} ({1})</source>
        <translation>每张图像的标签：{0}（{1}）</translation>
    </message>
    <message>
        <source>numbers: {0} ({1})</source>
        <translation>数值：{0}（{1}）</translation>
    </message>
    <message>
        <source>clips</source>
        <translation>视频片段</translation>
    </message>
    <message>
        <source>flow</source>
        <translation>光流</translation>
    </message>
    <message>
        <source>sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>a world to act in</source>
        <translation>可在其中行动的世界</translation>
    </message>
    <message>
        <source>masks of all frames</source>
        <translation>所有帧的掩码</translation>
    </message>
    <message>
        <source>{0} clips</source>
        <translation>{0} 个片段</translation>
    </message>
    <message>
        <source>Clips of {0} frames; methods of images get the middle one.</source>
        <translation>每个片段 {0} 帧；图像方法取中间一帧。</translation>
    </message>
    <message>
        <source>Clips of {0} frames, of files of {1} s; methods of images get the middle one.</source>
        <translation>每个片段 {0} 帧，取自长 {1} 秒的文件；图像方法取中间一帧。</translation>
    </message>
</context>
<context>
    <name>DataChanges</name>
    <message>
        <source>The data changed since this run was made, and an older version of the program kept no list of its images: which of them it was trained on is unknown, and pictures may be those of other samples.</source>
        <translation>数据自该运行生成以来已改变，而旧版本的程序没有保存其图像清单：无法得知哪些图像用于训练，所显示的图片也可能属于其他样本。</translation>
    </message>
    <message>
        <source>The data changed: {0} of the {1} images of this run are no longer there, and are shown crossed out.</source>
        <translation>数据已改变：该运行的 {1} 张图像中有 {0} 张已不存在，以打叉的方块显示。</translation>
    </message>
    <message>
        <source>The data changed: {0} of the {1} images of this run have other content now.</source>
        <translation>数据已改变：该运行的 {1} 张图像中有 {0} 张的内容已不同。</translation>
    </message>
    <message>
        <source>The data changed: {0} images were added. This run does not know them.</source>
        <translation>数据已改变：新增了 {0} 张图像，该运行不认识它们。</translation>
    </message>
    <message>
        <source>The data changed: {0} images of this run have another class than then.</source>
        <translation>数据已改变：该运行有 {0} 张图像的类别与当时不同。</translation>
    </message>
</context>
<context>
    <name>DataDetails</name>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Folders are</source>
        <translation>文件夹表示</translation>
    </message>
    <message>
        <source>Samples of the data</source>
        <translation>数据样本</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像数</translation>
    </message>
    <message>
        <source>File, and why it was not read</source>
        <translation>文件，以及未读取的原因</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Not read</source>
        <translation>未读取</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Nothing is known of these data yet.</source>
        <translation>对这些数据还一无所知。</translation>
    </message>
    <message>
        <source>Data: {0}</source>
        <translation>数据：{0}</translation>
    </message>
    <message>
        <source>without a class</source>
        <translation>没有类别</translation>
    </message>
    <message>
        <source>classes ({0})</source>
        <translation>类别（{0}）</translation>
    </message>
    <message>
        <source>one level down classes ({0})</source>
        <translation>下一层为类别（{0}）</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无意义</translation>
    </message>
</context>
<context>
    <name>DataEditor</name>
    <message>
        <source>Browse for images</source>
        <translation>浏览图像</translation>
    </message>
    <message>
        <source>A folder of images, or an .npz or .tar file</source>
        <translation>图像文件夹，或 .npz 或 .tar 文件</translation>
    </message>
    <message>
        <source>.npz or .tar file…</source>
        <translation>.npz 或 .tar 文件…</translation>
    </message>
    <message>
        <source>Images in a file</source>
        <translation>文件中的图像</translation>
    </message>
    <message>
        <source>NumPy archives, WebDataset shards, tables (*.npz *.tar *.parquet *.arrow)</source>
        <translation>NumPy 归档、WebDataset 分片、表格 (*.npz *.tar *.parquet *.arrow)</translation>
    </message>
    <message>
        <source>Folder of images…</source>
        <translation>图像文件夹…</translation>
    </message>
    <message>
        <source>A folder of images</source>
        <translation>图像文件夹</translation>
    </message>
</context>
<context>
    <name>DataList</name>
    <message>
        <source>Search sets, or type a path</source>
        <translation>搜索数据集，或输入路径</translation>
    </message>
    <message>
        <source>Search data</source>
        <translation>搜索数据</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Folder of images…</source>
        <translation>图像文件夹…</translation>
    </message>
    <message>
        <source>.npz or .tar file…</source>
        <translation>.npz 或 .tar 文件…</translation>
    </message>
    <message>
        <source>or drop it on the window</source>
        <translation>或拖放到窗口上</translation>
    </message>
    <message>
        <source>This path</source>
        <translation>此路径</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation>在本机上</translation>
    </message>
    <message>
        <source>To be downloaded</source>
        <translation>需要下载</translation>
    </message>
    <message>
        <source>No set matches. A path has a / in it.</source>
        <translation>没有匹配的数据集。路径中应含有 /。</translation>
    </message>
    <message>
        <source>built in</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>here</source>
        <translation>已在本机</translation>
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
    <name>DotPlot</name>
    <message>
        <source>{0} dots</source>
        <translation>{0} 个点</translation>
    </message>
</context>
<context>
    <name>DotRows</name>
    <message>
        <source>{0} dots in {1} rows</source>
        <translation>{1} 行共 {0} 个点</translation>
    </message>
</context>
<context>
    <name>DrawnParameters</name>
    <message>
        <source>Drawn parameters</source>
        <translation>抽取的参数</translation>
    </message>
    <message>
        <source>crop, area</source>
        <translation>裁剪，面积</translation>
    </message>
    <message>
        <source>crop, left and top</source>
        <translation>裁剪，左与上</translation>
    </message>
    <message>
        <source>flip</source>
        <translation>翻转</translation>
    </message>
    <message>
        <source>rotation</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>saturation</source>
        <translation>饱和度</translation>
    </message>
    <message>
        <source>hue</source>
        <translation>色相</translation>
    </message>
    <message>
        <source>grayscale</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>blur, sigma</source>
        <translation>模糊，sigma</translation>
    </message>
    <message>
        <source>solarize</source>
        <translation>曝光反转</translation>
    </message>
    <message>
        <source>erased, area</source>
        <translation>擦除，面积</translation>
    </message>
    <message>
        <source>other background</source>
        <translation>其他背景</translation>
    </message>
    <message>
        <source>gray background</source>
        <translation>灰色背景</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
</context>
<context>
    <name>Drop</name>
    <message>
        <source>Train on the images in {0}</source>
        <translation>用 {0} 中的图像训练</translation>
    </message>
    <message>
        <source>Train on the folder of this image, {0}</source>
        <translation>用此图像所在的文件夹 {0} 训练</translation>
    </message>
    <message>
        <source>Open the run {0}</source>
        <translation>打开运行 {0}</translation>
    </message>
    <message>
        <source>Use the settings in {0} for the next run</source>
        <translation>把 {0} 中的设置用于下一次运行</translation>
    </message>
    <message>
        <source>Find the run of the exported encoder {0}</source>
        <translation>查找导出的编码器 {0} 所属的运行</translation>
    </message>
    <message>
        <source>{0} is neither images, a run nor settings</source>
        <translation>{0} 既不是图像，也不是运行或设置</translation>
    </message>
    <message>
        <source>{0} is nothing that is used here.</source>
        <translation>{0} 在这里用不上。</translation>
    </message>
    <message>
        <source>Drop a folder of images, an image, an .npz or .tar file, a run&apos;s folder, a file of weights, or settings as YAML.</source>
        <translation>请拖入图像文件夹、图像、.npz 或 .tar 文件、运行的文件夹、权重文件或 YAML 格式的设置。</translation>
    </message>
    <message>
        <source>A run</source>
        <translation>一个运行</translation>
    </message>
    <message>
        <source>{0} is a run outside of your folder of runs.</source>
        <translation>{0} 是运行文件夹之外的一个运行。</translation>
    </message>
    <message>
        <source>Copied, it is in the list of runs with its curves, maps and checkpoints. Or only its settings are used, for a new run.</source>
        <translation>复制后，它连同曲线、映射图与检查点出现在运行列表中。或者只把它的设置用于新的运行。</translation>
    </message>
    <message>
        <source>Copy it into the list</source>
        <translation>复制到列表中</translation>
    </message>
    <message>
        <source>Use its settings</source>
        <translation>采用其设置</translation>
    </message>
    <message>
        <source>It was exported from the run {0} ({1}), which is not in the list.</source>
        <translation>它由运行 {0}（{1}）导出，该运行不在列表中。</translation>
    </message>
    <message>
        <source>{0} is an encoder for other programs. {1}</source>
        <translation>{0} 是供其他程序使用的编码器。{1}</translation>
    </message>
    <message>
        <source>Here the run itself is used: drop its folder.</source>
        <translation>这里使用运行本身：请拖放其文件夹。</translation>
    </message>
    <message>
        <source>Open the model {0}</source>
        <translation>打开模型 {0}</translation>
    </message>
</context>
<context>
    <name>DryRun</name>
    <message>
        <source>{0} images/s</source>
        <translation>{0} 张图像/秒</translation>
    </message>
    <message>
        <source>Dry run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>Progress of the dry run</source>
        <translation>试运行进度</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Runs a few training steps and discards them</source>
        <translation>运行几步训练并丢弃结果</translation>
    </message>
    <message>
        <source>Measuring… {0} %</source>
        <translation>正在测量… {0} %</translation>
    </message>
    <message>
        <source>Kept until a setting changes on which the speed depends.</source>
        <translation>保留到影响速度的设置发生变化为止。</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>Changed since it was measured: {0}.</source>
        <translation>测量之后更改了：{0}。</translation>
    </message>
    <message>
        <source>{0} +{1}</source>
        <translation>{0} 等（另 {1} 项）</translation>
    </message>
    <message>
        <source>Changed: {0}.</source>
        <translation>已更改：{0}。</translation>
    </message>
    <message>
        <source>Before: {0}</source>
        <translation>之前：{0}</translation>
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
        <source>part mapped alone</source>
        <translation>单独映射的部分</translation>
    </message>
    <message>
        <source>No images and no names of classes: {0}</source>
        <translation>没有图像，也没有类别名称：{0}</translation>
    </message>
    <message>
        <source>the run&apos;s config cannot be read</source>
        <translation>无法读取该运行的配置</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Place images on the map…</source>
        <translation>将图像放到映射图上…</translation>
    </message>
    <message>
        <source>Place the images of a folder…</source>
        <translation>放置一个文件夹中的图像…</translation>
    </message>
    <message>
        <source>Its neighbours</source>
        <translation>它的近邻</translation>
    </message>
    <message>
        <source>Remove from the map</source>
        <translation>从映射图上移除</translation>
    </message>
    <message>
        <source>Place images on the map</source>
        <translation>将图像放到映射图上</translation>
    </message>
    <message>
        <source>Place the images of a folder</source>
        <translation>放置一个文件夹中的图像</translation>
    </message>
</context>
<context>
    <name>EncoderEditor</name>
    <message>
        <source>A Python file…</source>
        <translation>Python 文件…</translation>
    </message>
    <message>
        <source>A torch.nn.Module of your own. Its code will run.</source>
        <translation>你自己的 torch.nn.Module。其代码将会运行。</translation>
    </message>
    <message>
        <source>timm and torchvision…</source>
        <translation>timm 和 torchvision…</translation>
    </message>
    <message>
        <source>{0} works only with a {1}</source>
        <translation>{0} 只能用于 {1}</translation>
    </message>
    <message>
        <source>Choose a file whose code may run</source>
        <translation>选择允许运行其代码的文件</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>编码器</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类</translation>
    </message>
</context>
<context>
    <name>EncoderTable</name>
    <message>
        <source>Search encoders: convnext tiny, vit small, …</source>
        <translation>搜索编码器：convnext tiny、vit small……</translation>
    </message>
    <message>
        <source>Search encoders</source>
        <translation>搜索编码器</translation>
    </message>
    <message>
        <source>Encoders</source>
        <translation>编码器</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>编码器</translation>
    </message>
    <message>
        <source>Parameters, M</source>
        <translation>参数（百万）</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>特征</translation>
    </message>
    <message>
        <source>Image, px</source>
        <translation>图像（像素）</translation>
    </message>
    <message>
        <source>Stride, px</source>
        <translation>步长（像素）</translation>
    </message>
    <message>
        <source>No encoder matches.</source>
        <translation>没有匹配的编码器。</translation>
    </message>
    <message>
        <source>{0} is not installed. To train its encoders: pip install {0}</source>
        <translation>未安装 {0}。要训练它的编码器：pip install {0}</translation>
    </message>
    <message>
        <source>These need a token for each patch, with a position of its own; most of them mask patches inside the encoder.</source>
        <translation>这些方法需要每个图块都有一个带有自己位置的 token；其中多数在编码器内部遮盖图块。</translation>
    </message>
    <message>
        <source>Every method can train it but {0}.</source>
        <translation>除 {0} 外，所有方法都能训练它。</translation>
    </message>
    <message>
        <source>A ViT with tokens: every method can train it but {0}.</source>
        <translation>带 token 的 ViT：除 {0} 外，所有方法都能训练它。</translation>
    </message>
</context>
<context>
    <name>EngineMessages</name>
    <message>
        <source>at least {0} and at most {1}</source>
        <translation>至少 {0} 且不大于 {1}</translation>
    </message>
    <message>
        <source>at least {0} and below {1}</source>
        <translation>至少 {0} 且小于 {1}</translation>
    </message>
    <message>
        <source>above {0} and at most {1}</source>
        <translation>大于 {0} 且不大于 {1}</translation>
    </message>
    <message>
        <source>above {0} and below {1}</source>
        <translation>大于 {0} 且小于 {1}</translation>
    </message>
    <message>
        <source>at least {0}</source>
        <translation>至少 {0}</translation>
    </message>
    <message>
        <source>at most {0}</source>
        <translation>不大于 {0}</translation>
    </message>
    <message>
        <source>above {0}</source>
        <translation>大于 {0}</translation>
    </message>
    <message>
        <source>below {0}</source>
        <translation>小于 {0}</translation>
    </message>
    <message>
        <source>a multiple of {0}</source>
        <translation>{0} 的倍数</translation>
    </message>
    <message>
        <source>one of {0}</source>
        <translation>以下之一：{0}</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>a finite number</source>
        <translation>有限的数</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>given</source>
        <translation>已填写的值</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>a group of keys</source>
        <translation>一组键</translation>
    </message>
    <message>
        <source>the id of a method in the catalogue</source>
        <translation>目录中某个方法的 id</translation>
    </message>
    <message>
        <source>a method that can be loaded</source>
        <translation>能够加载的方法</translation>
    </message>
    <message>
        <source>a {0} for {1} ({2})</source>
        <translation>{0}（{1} 需要；可选：{2}）</translation>
    </message>
    <message>
        <source>auto or a device of this machine ({0})</source>
        <translation>auto 或本机的设备（{0}）</translation>
    </message>
    <message>
        <source>a divisor of the views&apos; side of {0} px ({1})</source>
        <translation>视图边长 {0} 像素的约数（{1}）</translation>
    </message>
    <message>
        <source>a set with {0}, which {1} needs</source>
        <translation>带有{0}的数据集（{1} 需要）</translation>
    </message>
    <message>
        <source>0 for data without masks of their objects</source>
        <translation>0（数据没有物体的掩码）</translation>
    </message>
    <message>
        <source>the name of a set, an existing folder of images or videos or an .npz or .tar file</source>
        <translation>数据集名称、已有的图像或视频文件夹，或 .npz 或 .tar 文件</translation>
    </message>
    <message>
        <source>a folder of images or videos, an .npz or .tar file or the name of a set</source>
        <translation>图像或视频文件夹、.npz 或 .tar 文件，或数据集名称</translation>
    </message>
    <message>
        <source>a pattern of tar files that exist</source>
        <translation>存在的 tar 文件的模式</translation>
    </message>
    <message>
        <source>a pattern of at most {0} tar files</source>
        <translation>最多含 {0} 个 tar 文件的模式</translation>
    </message>
    <message>
        <source>tar files with images in them</source>
        <translation>含有图像的 tar 文件</translation>
    </message>
    <message>
        <source>tables with a column of images</source>
        <translation>带有图像列的表格</translation>
    </message>
    <message>
        <source>a folder of images or an .npz or .tar file, for pyarrow, which reads Arrow and Parquet, is not installed</source>
        <translation>图像文件夹，或 .npz 或 .tar 文件，因为读取 Arrow 和 Parquet 的 pyarrow 没有安装</translation>
    </message>
    <message>
        <source>a folder that can be read</source>
        <translation>可读取的文件夹</translation>
    </message>
    <message>
        <source>a folder that can be written to</source>
        <translation>可写入的文件夹</translation>
    </message>
    <message>
        <source>a file that can be read</source>
        <translation>可读取的文件</translation>
    </message>
    <message>
        <source>a file that can be written</source>
        <translation>可写入的文件</translation>
    </message>
    <message>
        <source>a source with at least one image that can be read</source>
        <translation>至少有一张图像可读取的数据来源</translation>
    </message>
    <message>
        <source>a set with at least one image for each of training, validation and test</source>
        <translation>训练、验证和测试各至少有一张图像的数据集</translation>
    </message>
    <message>
        <source>a set that lies on this machine or can be downloaded</source>
        <translation>在本机上或可以下载的数据集</translation>
    </message>
    <message>
        <source>an .npz file that is whole</source>
        <translation>完整的 .npz 文件</translation>
    </message>
    <message>
        <source>one with an embedding snapshot</source>
        <translation>有嵌入快照的轮次</translation>
    </message>
    <message>
        <source>one whose checkpoint was kept: {0}</source>
        <translation>保留了检查点的轮次：{0}</translation>
    </message>
    <message>
        <source>a readable YAML file</source>
        <translation>可读取的 YAML 文件</translation>
    </message>
    <message>
        <source>the images that the run began with</source>
        <translation>运行开始时所用的图像</translation>
    </message>
    <message>
        <source>0 for {0}</source>
        <translation>对 {0} 为 0</translation>
    </message>
    <message>
        <source>1 for {0}</source>
        <translation>1（{0}）</translation>
    </message>
    <message>
        <source>A run on several devices starts from the command line: {0}.</source>
        <translation>多设备运行从命令行启动：{0}。</translation>
    </message>
    <message>
        <source>It trains on one device: {0}.</source>
        <translation>它只能在一个设备上训练：{0}。</translation>
    </message>
    <message>
        <source>Each device has as many images of a batch: set {0} to {1}.</source>
        <translation>每个设备分得同样多的批量图像：请将{0}设为 {1}。</translation>
    </message>
    <message>
        <source>Raise {0}, or lower {1}.</source>
        <translation>请提高{0}，或降低{1}。</translation>
    </message>
    <message>
        <source>Set it to a number that is here, start it on several machines with torchrun, or set {0} to cpu.</source>
        <translation>请设为本机有的数目，或用 torchrun 在多台机器上启动，或将{0}设为 cpu。</translation>
    </message>
    <message>
        <source>A run or config of somebody else can hold any code.</source>
        <translation>他人的运行或配置可能含有任何代码。</translation>
    </message>
    <message>
        <source>Read it (backbone.module.text in its config.yaml, or the file), and if you trust it: python -m engine trust RUN_OR_FILE</source>
        <translation>请阅读代码（config.yaml 中的 backbone.module.text，或该文件）；若信任它，请运行：python -m engine trust RUN_OR_FILE</translation>
    </message>
    <message>
        <source>Its modules: {0}.</source>
        <translation>其中的模块：{0}。</translation>
    </message>
    <message>
        <source>Give its patches in {0}.</source>
        <translation>请在{0}中给出图块大小。</translation>
    </message>
    <message>
        <source>Give it in {0}.</source>
        <translation>请在{0}中给出。</translation>
    </message>
    <message>
        <source>Return the class token, or the mean of the tokens, in forward.</source>
        <translation>请在 forward 中返回类别标记，或各标记的平均。</translation>
    </message>
    <message>
        <source>One file is copied into the run: what it imports must be installed, or in the file itself.</source>
        <translation>只有一个文件会复制到运行中：它导入的内容必须已安装，或写在该文件中。</translation>
    </message>
    <message>
        <source>Install the package that has it.</source>
        <translation>请安装含有它的软件包。</translation>
    </message>
    <message>
        <source>Lower {0} or bring more images.</source>
        <translation>请降低{0}或提供更多图像。</translation>
    </message>
    <message>
        <source>Choose another encoder.</source>
        <translation>请选择其他编码器。</translation>
    </message>
    <message>
        <source>Choose one, or train one first, for example by the method dino.</source>
        <translation>请选择一个，或先训练一个，例如使用方法 dino。</translation>
    </message>
    <message>
        <source>Leave out this part.</source>
        <translation>请去掉这一部分。</translation>
    </message>
    <message>
        <source>Leave out this part, or annotate images of this split.</source>
        <translation>请去掉这一部分，或为该部分的图像添加标注。</translation>
    </message>
    <message>
        <source>Put the images back as they were, or train a new run on them.</source>
        <translation>请把图像恢复原样，或用它们训练新的运行。</translation>
    </message>
    <message>
        <source>Put the images back, or clone the run to train on the images as they are now.</source>
        <translation>请把图像放回，或克隆该运行以用现在的图像训练。</translation>
    </message>
    <message>
        <source>Put them back, or train a new run.</source>
        <translation>请把它们放回，或训练新的运行。</translation>
    </message>
    <message>
        <source>Figures on them would count images that it has seen.</source>
        <translation>用它们计算的数值会包含其见过的图像。</translation>
    </message>
    <message>
        <source>Copy or write the file again.</source>
        <translation>请重新复制或写入该文件。</translation>
    </message>
    <message>
        <source>This machine ran out of memory.</source>
        <translation>本机内存不足。</translation>
    </message>
    <message>
        <source>{0} ran out of memory.</source>
        <translation>{0} 内存不足。</translation>
    </message>
    <message>
        <source>Lower {0}, the views&apos; size or the backbone.</source>
        <translation>请降低{0}、视图尺寸或骨干网络的规模。</translation>
    </message>
    <message>
        <source>Arrays found: {0}.</source>
        <translation>找到的数组：{0}。</translation>
    </message>
    <message>
        <source>train_images is missing.</source>
        <translation>缺少 train_images。</translation>
    </message>
    <message>
        <source>Name another folder in data.root, free space, or lower data.size.</source>
        <translation>请在 data.root 中另选文件夹、释放空间，或降低 data.size。</translation>
    </message>
    <message>
        <source>Rename the folder, or link it under another name.</source>
        <translation>请重命名该文件夹，或以其他名称链接它。</translation>
    </message>
    <message>
        <source>Tried {0}: {1}.</source>
        <translation>已尝试 {0}：{1}。</translation>
    </message>
    <message>
        <source>Connect to the network, or put the files there by hand as {0}.</source>
        <translation>请连接网络，或手动把文件放到 {0}。</translation>
    </message>
    <message>
        <source>{0} need no network, nor does a folder of images or an .npz file.</source>
        <translation>{0} 不需要网络，图像文件夹或 .npz 文件也不需要。</translation>
    </message>
    <message>
        <source>Add images.</source>
        <translation>请添加图像。</translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation>请先停止它。</translation>
    </message>
    <message>
        <source>Stop it there, or wait until it has ended.</source>
        <translation>请在那里停止它，或等它结束。</translation>
    </message>
    <message>
        <source>Write the missing captions, or move these images to another folder.</source>
        <translation>请补写缺少的图像描述，或把这些图像移到其他文件夹。</translation>
    </message>
    <message>
        <source>Take larger images, or lower {0}.</source>
        <translation>请使用更大的图像，或降低{0}。</translation>
    </message>
    <message>
        <source>Name a built-in set, a folder of images or an .npz file: {0}.</source>
        <translation>请指定内置数据集、图像文件夹或 .npz 文件：{0}。</translation>
    </message>
    <message>
        <source>Take fewer values.</source>
        <translation>请减少取值个数。</translation>
    </message>
    <message>
        <source>Put all its values into one list.</source>
        <translation>请把它的所有取值放在一个列表中。</translation>
    </message>
    <message>
        <source>Use a run of this version.</source>
        <translation>请使用本版本的运行。</translation>
    </message>
    <message>
        <source>Choose one of: {0}.</source>
        <translation>请从中选择：{0}。</translation>
    </message>
    <message>
        <source>Change the views&apos; sizes, or set {0} to {1} to train on so many.</source>
        <translation>请更改视图尺寸，或把{0}设为 {1} 以按此数量训练。</translation>
    </message>
    <message>
        <source>Export without features.</source>
        <translation>请不带特征导出。</translation>
    </message>
    <message>
        <source>Choose the kind umap-learn.</source>
        <translation>请选择 umap-learn。</translation>
    </message>
    <message>
        <source>{0} is not a known key.</source>
        <translation>{0} 不是已知的键。</translation>
    </message>
    <message>
        <source>Known keys: {0}.</source>
        <translation>已知的键：{0}。</translation>
    </message>
    <message>
        <source>Did you mean &apos;{0}&apos;?</source>
        <translation>是否指“{0}”？</translation>
    </message>
    <message>
        <source>Choose one of them.</source>
        <translation>请选择其中之一。</translation>
    </message>
    <message>
        <source>Lower {0} or raise {1}.</source>
        <translation>请调低{0}或调高{1}。</translation>
    </message>
    <message>
        <source>Use auto to take the best one.</source>
        <translation>使用 auto 会选取最好的设备。</translation>
    </message>
    <message>
        <source>Change {0} or the views&apos; sizes.</source>
        <translation>请更改{0}或视图的大小。</translation>
    </message>
    <message>
        <source>Take more global views (the count of a group), or the preset {0}.</source>
        <translation>请增加全局视图（组的数量），或使用预设 {0}。</translation>
    </message>
    <message>
        <source>Put a group of global views first.</source>
        <translation>请把一组全局视图放在最前面。</translation>
    </message>
    <message>
        <source>Give these groups the same size.</source>
        <translation>请给这些组设置相同的大小。</translation>
    </message>
    <message>
        <source>Sets with {0}: {1}.</source>
        <translation>带有{0}的数据集：{1}。</translation>
    </message>
    <message>
        <source>No named set has {0}.</source>
        <translation>没有内置数据集带有{0}。</translation>
    </message>
    <message>
        <source>A folder of images has them in a file captions.csv or metadata.jsonl, or in COCO&apos;s captions.</source>
        <translation>图像文件夹的说明文字在 captions.csv 或 metadata.jsonl 文件中，或在 COCO 的说明文字中。</translation>
    </message>
    <message>
        <source>Known sets: {0}.</source>
        <translation>已知的数据集：{0}。</translation>
    </message>
    <message>
        <source>There is no such file or folder. Check the path.</source>
        <translation>没有这个文件或文件夹。请检查路径。</translation>
    </message>
    <message>
        <source>There is no such file or folder in the working folder {0}; a relative path means another place elsewhere. Check the path.</source>
        <translation>工作文件夹 {0} 中没有这个文件或文件夹；相对路径在别处表示另一个位置。请检查路径。</translation>
    </message>
    <message>
        <source>Files of this kind are not read.</source>
        <translation>不读取这种文件。</translation>
    </message>
    <message>
        <source>There is none in it.</source>
        <translation>其中没有图像。</translation>
    </message>
    <message>
        <source>{0} files there could not be used, the first: {1}.</source>
        <translation>其中 {0} 个文件无法使用，第一个：{1}。</translation>
    </message>
    <message>
        <source>None of its {0} files could be. The first: {1}.</source>
        <translation>其 {0} 个文件均无法读取。前几个：{1}。</translation>
    </message>
    <message>
        <source>It holds {0} images, {1} of them different, which leaves none for {2}. Add images.</source>
        <translation>它有 {0} 张图像，其中 {1} 张互不相同，没有图像可留给{2}。请添加图像。</translation>
    </message>
    <message>
        <source>Save it as UTF-8.</source>
        <translation>请另存为 UTF-8。</translation>
    </message>
    <message>
        <source>Free some space on that disk or choose another, then try again.</source>
        <translation>请在该磁盘上腾出空间或另选磁盘，然后重试。</translation>
    </message>
    <message>
        <source>Allow this program to write there or choose another place, then try again.</source>
        <translation>请允许本程序在该处写入或另选位置，然后重试。</translation>
    </message>
    <message>
        <source>Look whether the folder was moved, renamed or deleted.</source>
        <translation>请查看文件夹是否被移动、改名或删除。</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>请另选位置。</translation>
    </message>
    <message>
        <source>No such file or directory.</source>
        <translation>没有这个文件或文件夹。</translation>
    </message>
    <message>
        <source>Permission denied.</source>
        <translation>没有权限。</translation>
    </message>
    <message>
        <source>No space left on device.</source>
        <translation>磁盘空间不足。</translation>
    </message>
    <message>
        <source>Set {0} to keep more of a new run.</source>
        <translation>设置{0}可让新运行保留更多检查点。</translation>
    </message>
    <message>
        <source>Snapshots: {0}.</source>
        <translation>快照：{0}。</translation>
    </message>
    <message>
        <source>Opening the data was cancelled. Choose other data, or these again, to open them.</source>
        <translation>已取消打开数据。请选择其他数据，或再次选择这些数据来打开。</translation>
    </message>
    <message>
        <source>All labelled images lie in one folder, {0}: taken as images without labels.</source>
        <translation>所有带标签的图像都在同一个文件夹 {0} 中：按无标签图像处理。</translation>
    </message>
    <message>
        <source>The set lies deeper, in the folder {0}.</source>
        <translation>数据集位于更深一层的文件夹 {0} 中。</translation>
    </message>
    <message>
        <source>{0} holds folders named {1}, and is taken for a class. Name that folder to have the splits.</source>
        <translation>{0} 含有名为 {1} 的文件夹，被当作一个类别。若要使用其划分，请指定该文件夹。</translation>
    </message>
    <message>
        <source>Images deeper than 8 bits are brought to 256 grey levels, all on one scale: {0}.</source>
        <translation>超过 8 位的图像转换为 256 级灰度，全部使用同一比例：{0}。</translation>
    </message>
    <message>
        <source>Colours of 16 bits are read with 8 bits: the lower half of each value is left out.</source>
        <translation>16 位颜色按 8 位读取：舍去每个值的低半部分。</translation>
    </message>
    <message>
        <source>Folders of the operating system or a storage device are left out: {0}.</source>
        <translation>不读取操作系统或存储设备的文件夹：{0}。</translation>
    </message>
    <message>
        <source>Links to folders whose images are read anyway are not followed: {0}.</source>
        <translation>指向已读取文件夹的链接不再跟随：{0}。</translation>
    </message>
    <message>
        <source>Files of kinds that are not read are left out: {0}.</source>
        <translation>不读取这些种类的文件：{0}。</translation>
    </message>
    <message>
        <source>{0} files beside images could not be used: {1}.</source>
        <translation>{0} 个图像旁的文件无法使用：{1}。</translation>
    </message>
    <message>
        <source>A sample has one image here; further ones are left out: {0}.</source>
        <translation>此处每个样本只有一幅图像，其余的被略去：{0}。</translation>
    </message>
    <message>
        <source>Captions are read up to {0} characters together; later images have none.</source>
        <translation>说明文字总共最多读取 {0} 个字符，之后的图像没有说明文字。</translation>
    </message>
    <message>
        <source>All labelled images are of one class, {0}: taken as images without labels.</source>
        <translation>所有有标签的图像都属于同一类别 {0}：视为没有标签的图像。</translation>
    </message>
    <message>
        <source>{0} of {1} images have no class.</source>
        <translation>{1} 幅图像中有 {0} 幅没有类别。</translation>
    </message>
    <message>
        <source>Of {0} tar files: {1}.</source>
        <translation>在 {0} 个 tar 文件中：{1}。</translation>
    </message>
    <message>
        <source>Of {0} tables: {1}.</source>
        <translation>在 {0} 个表格中：{1}。</translation>
    </message>
    <message>
        <source>Columns that are not read: {0}.</source>
        <translation>未读取的列：{0}。</translation>
    </message>
    <message>
        <source>The first would be {0}.</source>
        <translation>第一个应为 {0}。</translation>
    </message>
    <message>
        <source>{0} test images are equal to a training or validation image: the set&apos;s own splits overlap.</source>
        <translation>{0} 张测试图像与训练或验证图像相同：数据集自带的划分有重叠。</translation>
    </message>
    <message>
        <source>The {0} images have no labels: kNN on validation cannot be measured.</source>
        <translation>{0}图像没有标签：无法在验证集上测量 kNN。</translation>
    </message>
    <message>
        <source>The {0} images have no labels: figures on the test split cannot be computed.</source>
        <translation>{0}图像没有标签：无法计算测试集上的指标。</translation>
    </message>
    <message>
        <source>{0} classes of the {1} images ({2}) have no training image: {3} of {4} labelled {5} images are of classes that no kNN and no probe can name.</source>
        <translation>{1}图像中有 {0} 个类别（{2}）没有训练图像：{4} 张带标签的{5}图像中有 {3} 张属于 kNN 和探针都无法给出的类别。</translation>
    </message>
    <message>
        <source>The set should have {0} images and has {1}: its copy is incomplete, delete it from the data folder to get it again.</source>
        <translation>数据集应有 {0} 张图像，实有 {1} 张：其副本不完整，请从数据文件夹中删除后重新获取。</translation>
    </message>
    <message>
        <source>{0} of {1} images have no caption in {2}.</source>
        <translation>{1} 张图像中有 {0} 张在 {2} 中没有说明文字。</translation>
    </message>
    <message>
        <source>{0} has no caption of any of the {1} images.</source>
        <translation>{0} 中没有这 {1} 张图像中任何一张的说明文字。</translation>
    </message>
    <message>
        <source>{0}: {1} lines are left out, {2}.</source>
        <translation>{0}：略去 {1} 行，{2}。</translation>
    </message>
    <message>
        <source>{0}: {1} files that it names are not among the images, {2}.</source>
        <translation>{0}：其中列出的 {1} 个文件不在图像之中，{2}。</translation>
    </message>
    <message>
        <source>{0} is not used: {1}.</source>
        <translation>未使用 {0}：{1}。</translation>
    </message>
    <message>
        <source>The class of an image is the category of its objects, where all are of one: {0} of {1} images have one.</source>
        <translation>若图像中的物体都属于同一类别，则以其为图像的类别：{1} 张图像中有 {0} 张如此。</translation>
    </message>
    <message>
        <source>{0} holds {1} labels an image: taken as images without labels.</source>
        <translation>{0} 的每张图像有 {1} 个标签：按无标签图像处理。</translation>
    </message>
    <message>
        <source>The file names {0} classes and has labels up to {1}: the names are not used.</source>
        <translation>文件列出 {0} 个类别，而标签最大到 {1}：不使用这些名称。</translation>
    </message>
    <message>
        <source>train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>captions</source>
        <translation>说明文字</translation>
    </message>
    <message>
        <source>masks</source>
        <translation>掩码</translation>
    </message>
    <message>
        <source>class maps</source>
        <translation>类别图</translation>
    </message>
    <message>
        <source>boxes</source>
        <translation>边界框</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>the last</source>
        <translation>最后一个</translation>
    </message>
    <message>
        <source>0 (untrained)</source>
        <translation>0（未训练）</translation>
    </message>
    <message>
        <source>{0} must be {1}. Got {2}.</source>
        <translation>{0}必须为{1}。当前为 {2}。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source> or </source>
        <translation> 或 </translation>
    </message>
    <message>
        <source>A run in a world has no pairs of views: it learns from what its agent met, not from views of the images.</source>
        <translation>在世界中进行的运行没有视图对：它从智能体的经历中学习，而不是从图像的视图中学习。</translation>
    </message>
    <message>
        <source>at most {0}, the number of training images</source>
        <translation>不大于训练图像数 {0}</translation>
    </message>
    <message>
        <source>from 0 to {0}, for the encoder has {1} layers and the last is trained</source>
        <translation>0 到 {0}（编码器有 {1} 层，最后一层总要训练）</translation>
    </message>
    <message>
        <source>1 in a run that this process trains alone</source>
        <translation>1（由本进程单独训练的运行）</translation>
    </message>
    <message>
        <source>a multiple of the {0} devices ({1})</source>
        <translation>{0} 个设备（{1}）的整数倍</translation>
    </message>
    <message>
        <source>at least {0}, two images for each of the {1} devices</source>
        <translation>至少 {0}，即 {1} 个设备每个两张图像</translation>
    </message>
    <message>
        <source>at most {0}, the devices of this machine ({1})</source>
        <translation>不大于本机的设备数 {0}（{1}）</translation>
    </message>
    <message>
        <source>an encoder whose code you have allowed to run on this computer</source>
        <translation>一个您已允许其代码在本机运行的编码器</translation>
    </message>
    <message>
        <source>a class that {0} has</source>
        <translation>{0} 中有的类</translation>
    </message>
    <message>
        <source>a file whose code runs</source>
        <translation>一个代码能够运行的文件</translation>
    </message>
    <message>
        <source>an encoder of an installed package</source>
        <translation>已安装软件包中的编码器</translation>
    </message>
    <message>
        <source>an encoder that can be loaded</source>
        <translation>能够加载的编码器</translation>
    </message>
    <message>
        <source>a class of torch.nn.Module, or a function that makes one</source>
        <translation>torch.nn.Module 的类，或创建它的函数</translation>
    </message>
    <message>
        <source>a run that was not distilled from another</source>
        <translation>不是由其他运行蒸馏得到的运行</translation>
    </message>
    <message>
        <source>a run with a checkpoint</source>
        <translation>带有检查点的运行</translation>
    </message>
    <message>
        <source>the folder of a trained run, with a {0} in it</source>
        <translation>一个已训练运行的文件夹，其中有 {0}</translation>
    </message>
    <message>
        <source>the folder of a trained run, the teacher</source>
        <translation>一个已训练运行（教师）的文件夹</translation>
    </message>
    <message>
        <source>{0} px, that of the views of the teacher ({1}.run)</source>
        <translation>{0} 像素，即教师视图的尺寸（{1}.run）</translation>
    </message>
    <message>
        <source>{0} px, that of the teacher ({1}.run)</source>
        <translation>{0} 像素，即教师的尺寸（{1}.run）</translation>
    </message>
    <message>
        <source>a ViT that cuts its views into {0} x {1} patches</source>
        <translation>把视图切成 {0} x {1} 个图块的 ViT</translation>
    </message>
    <message>
        <source>a size that {0} takes</source>
        <translation>{0} 接受的尺寸</translation>
    </message>
    <message>
        <source>an encoder whose library is installed, and {0} is not</source>
        <translation>已安装其库的编码器，而 {0} 尚未安装</translation>
    </message>
    <message>
        <source>the name of an encoder of the installed {0}</source>
        <translation>已安装的 {0} 中某个编码器的名称</translation>
    </message>
    <message>
        <source>an encoder whose classifier this program can remove</source>
        <translation>本程序能够去掉其分类头的编码器</translation>
    </message>
    <message>
        <source>a file that ends in {0}</source>
        <translation>以 {0} 结尾的文件</translation>
    </message>
    <message>
        <source>a file that exists</source>
        <translation>存在的文件</translation>
    </message>
    <message>
        <source>a file that holds a table of weights by name</source>
        <translation>按名称保存权重表的文件</translation>
    </message>
    <message>
        <source>a file with weights of this encoder</source>
        <translation>含有此编码器权重的文件</translation>
    </message>
    <message>
        <source>a safetensors file that is whole</source>
        <translation>完整的 safetensors 文件</translation>
    </message>
    <message>
        <source>a file of tensors and plain values</source>
        <translation>只含张量和普通值的文件</translation>
    </message>
    <message>
        <source>a world of this program, for gymnasium is not installed</source>
        <translation>本程序自带的世界，因为尚未安装 gymnasium</translation>
    </message>
    <message>
        <source>an environment with discrete actions</source>
        <translation>动作为离散的环境</translation>
    </message>
    <message>
        <source>an environment that renders colour pictures</source>
        <translation>能渲染彩色图像的环境</translation>
    </message>
    <message>
        <source>gym: and an environment that can be made here</source>
        <translation>gym: 加上此处可以创建的环境</translation>
    </message>
    <message>
        <source>a set whose training images have labels of two classes or more, for {0}</source>
        <translation>训练图像至少有两个类别标签的数据集（{0} 需要）</translation>
    </message>
    <message>
        <source>for views of {0} px, whose largest common patch is {1} px: {2} tokens an image</source>
        <translation>适用于 {0} 像素的视图，其最大公共图块为 {1} 像素：每幅图像 {2} 个词元</translation>
    </message>
    <message>
        <source>such that an even number of patches lies across the image</source>
        <translation>使图像一边的图块数为偶数</translation>
    </message>
    <message>
        <source>a set of at least two classes, which kNN and linear probe tell apart</source>
        <translation>至少有两个类别的数据集，供 kNN 和线性探测区分</translation>
    </message>
    <message>
        <source>a set with labels in its {0} split, which kNN and linear probe ask for</source>
        <translation>{0} 部分带有标签的数据集，kNN 和线性探测需要它</translation>
    </message>
    <message>
        <source>a set with a box in its {0} images</source>
        <translation>{0} 图像中有边界框的数据集</translation>
    </message>
    <message>
        <source>a set that still holds test images of the run</source>
        <translation>仍含有该运行测试图像的数据集</translation>
    </message>
    <message>
        <source>a set that still holds images of the run</source>
        <translation>仍含有该运行图像的数据集</translation>
    </message>
    <message>
        <source>the images that the run was trained on</source>
        <translation>该运行训练时所用的图像</translation>
    </message>
    <message>
        <source>of the method and encoder in config.yaml</source>
        <translation>属于 config.yaml 中的方法和编码器</translation>
    </message>
    <message>
        <source>readable and whole</source>
        <translation>可读且完整</translation>
    </message>
    <message>
        <source>a folder with {0} GB free to write decoded images to</source>
        <translation>有 {0} GB 可用空间、可写入解码图像的文件夹</translation>
    </message>
    <message>
        <source>an array of (N, H, W), (N, H, W, 1) or (N, H, W, 3), N above 0</source>
        <translation>形状为 (N, H, W)、(N, H, W, 1) 或 (N, H, W, 3) 的数组，N 大于 0</translation>
    </message>
    <message>
        <source>of type uint8</source>
        <translation>uint8 类型</translation>
    </message>
    <message>
        <source>one label an image</source>
        <translation>每幅图像一个标签</translation>
    </message>
    <message>
        <source>whole numbers</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>a set that can be opened</source>
        <translation>可以打开的数据集</translation>
    </message>
    <message>
        <source>off for this kind of map</source>
        <translation>对这种图关闭</translation>
    </message>
    <message>
        <source>a map that can be made here</source>
        <translation>此处可以生成的图</translation>
    </message>
    <message>
        <source>stopped before it is deleted</source>
        <translation>先停止再删除</translation>
    </message>
    <message>
        <source>written by one process at a time</source>
        <translation>一次只由一个进程写入</translation>
    </message>
    <message>
        <source>a name of 1 to {0} characters without &apos;{1}&apos;</source>
        <translation>1 到 {0} 个字符、不含 &apos;{1}&apos; 的名称</translation>
    </message>
    <message>
        <source>files or folders with images that can be read</source>
        <translation>含有可读图像的文件或文件夹</translation>
    </message>
    <message>
        <source>one whose method acts in a world</source>
        <translation>其方法在世界中行动的运行</translation>
    </message>
    <message>
        <source>of a method that translates images (cut)</source>
        <translation>能翻译图像的方法（cut）</translation>
    </message>
    <message>
        <source>outside of the folder of images</source>
        <translation>在图像文件夹之外</translation>
    </message>
    <message>
        <source>0 for {0}, which cannot skip blocks</source>
        <translation>对 {0} 为 0，它不能跳过模块</translation>
    </message>
    <message>
        <source>2 to {0} values</source>
        <translation>2 到 {0} 个值</translation>
    </message>
    <message>
        <source>of at most {0} runs</source>
        <translation>最多 {0} 个运行</translation>
    </message>
    <message>
        <source>each value once</source>
        <translation>每个值只出现一次</translation>
    </message>
    <message>
        <source>Train curl or lewm in the world reach or catch.</source>
        <translation>请在世界 reach 或 catch 中训练 curl 或 lewm。</translation>
    </message>
    <message>
        <source>Its predictions and embeddings need no goal, but its plans do.</source>
        <translation>它的预测和嵌入不需要目标，但它的计划需要。</translation>
    </message>
    <message>
        <source>The views of a step of a run in a world cannot be drawn again: what the agent met depends on its weights at that step.</source>
        <translation>在世界中进行的运行无法重新抽取某一步的视图：智能体的经历取决于它当时的权重。</translation>
    </message>
    <message>
        <source>A run in a world has no losses of single images: its loss is that of what the agent did.</source>
        <translation>在世界中进行的运行没有单张图像的损失：它的损失来自智能体的行为。</translation>
    </message>
    <message>
        <source>The annotations ({0} MB) are read when the images are opened.</source>
        <translation>标注文件（{0} MB）在打开图像时读取。</translation>
    </message>
    <message>
        <source>a world to act in</source>
        <translation>可在其中行动的世界</translation>
    </message>
    <message>
        <source>a world that knows its goals (visit, reach, catch), to plan in</source>
        <translation>一个知道目标的世界（visit、reach、catch），以便规划</translation>
    </message>
    <message>
        <source>weights that have every weight of the encoder</source>
        <translation>含有编码器全部权重的权重数据</translation>
    </message>
    <message>
        <source>weights that are all finite</source>
        <translation>全部为有限值的权重</translation>
    </message>
    <message>
        <source>a folder with images or videos in it, directly or in a folder a class</source>
        <translation>直接含有图像或视频，或每个类别一个文件夹的文件夹</translation>
    </message>
    <message>
        <source>a folder of images or an .npz file, for PyAV, which reads videos, is not installed</source>
        <translation>图像文件夹或 .npz 文件，因为读取视频的 PyAV 没有安装</translation>
    </message>
    <message>
        <source>Formats of images: {0}.</source>
        <translation>图像格式：{0}。</translation>
    </message>
    <message>
        <source>A folder of videos has them.</source>
        <translation>视频文件夹带有它们。</translation>
    </message>
    <message>
        <source>Each file is a clip: {0} frames, evenly over the whole length of the file.</source>
        <translation>每个文件是一个片段：{0} 帧，均匀取自文件全长。</translation>
    </message>
    <message>
        <source>Each file is a clip: {0} frames, evenly over the middle {1} seconds of the file.</source>
        <translation>每个文件是一个片段：{0} 帧，均匀取自文件中间 {1} 秒。</translation>
    </message>
    <message>
        <source>UCF101: {0} clips of {1} videos.</source>
        <translation>UCF101：{0} 个片段，取自 {1} 个视频。</translation>
    </message>
    <message>
        <source>Clips of one video stay in one split.</source>
        <translation>同一视频的片段划分在同一子集中。</translation>
    </message>
    <message>
        <source>UCF101: groups 1 to {0} are the test split, as in its first official list.</source>
        <translation>UCF101：第 1 至 {0} 组为测试集，与其第一份官方列表相同。</translation>
    </message>
</context>
<context>
    <name>EpisodePlayer</name>
    <message>
        <source>Episode of the agent</source>
        <translation>智能体的一个回合</translation>
    </message>
    <message>
        <source>Step of the episode</source>
        <translation>回合的步</translation>
    </message>
    <message>
        <source>Another episode</source>
        <translation>另一个回合</translation>
    </message>
    <message>
        <source>Playing an episode…</source>
        <translation>正在进行一个回合…</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Step {0} of {1}: {2}. Return so far {3}.</source>
        <translation>第 {0} 步，共 {1} 步：{2}。目前回报 {3}。</translation>
    </message>
    <message>
        <source>Values: {0}</source>
        <translation>价值：{0}</translation>
    </message>
    <message>
        <source>The goal is reached</source>
        <translation>达到目标</translation>
    </message>
    <message>
        <source>The goal is not reached</source>
        <translation>未达到目标</translation>
    </message>
    <message>
        <source>{0} after {1} steps. Return {2}.</source>
        <translation>{0}，共 {1} 步。回报 {2}。</translation>
    </message>
    <message>
        <source>held-out episode {0}</source>
        <translation>留出回合 {0}</translation>
    </message>
</context>
<context>
    <name>EvaluatePanel</name>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Evaluate the chosen run</source>
        <translation>评估选中的运行</translation>
    </message>
    <message>
        <source>A run is training in this window: the evaluation has lower priority and takes longer.</source>
        <translation>此窗口中正在训练：评估的优先级较低，耗时更长。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Results that are complete are kept</source>
        <translation>已完成的指标会保留</translation>
    </message>
    <message>
        <source>Progress of the evaluation</source>
        <translation>评估的进度</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>Evaluate next</source>
        <translation>接着评估</translation>
    </message>
    <message>
        <source>Choose a run on the left to evaluate its encoder.</source>
        <translation>在左侧选择一个运行，以评估其编码器。</translation>
    </message>
    <message>
        <source>The run has no checkpoint yet. Let it train until it saves one, or resume it.</source>
        <translation>该运行还没有检查点。请让它训练到保存检查点，或恢复它。</translation>
    </message>
    <message>
        <source>Tick what to measure.</source>
        <translation>请勾选要测量的内容。</translation>
    </message>
    <message>
        <source>{0} on {1}</source>
        <translation>{0}（{1}）</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Waiting for the evaluation of another run.</source>
        <translation>等待另一个运行的评估。</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>剩余 {0}</translation>
    </message>
</context>
<context>
    <name>ExportButton</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export the results</source>
        <translation>导出数值</translation>
    </message>
    <message>
        <source>Export numbers as CSV…</source>
        <translation>数值导出为 CSV…</translation>
    </message>
    <message>
        <source>The chart as a figure for print (Ctrl+E), every number as CSV</source>
        <translation>图表作为用于印刷的图（Ctrl+E），所有数值导出为 CSV</translation>
    </message>
    <message>
        <source>Figure…</source>
        <translation>图…</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export {0}</source>
        <translation>导出 {0}</translation>
    </message>
    <message>
        <source>reading the run…</source>
        <translation>正在读取运行…</translation>
    </message>
    <message>
        <source>What is exported</source>
        <translation>导出的内容</translation>
    </message>
    <message>
        <source>Of which checkpoint</source>
        <translation>哪个检查点的</translation>
    </message>
    <message>
        <source>images of the run</source>
        <translation>运行的图像</translation>
    </message>
    <message>
        <source>Of which images</source>
        <translation>哪些图像的</translation>
    </message>
    <message>
        <source>Choose a folder of other images; click again to return to the images of the run</source>
        <translation>其他图像的文件夹；再次点击则改回运行自己的图像</translation>
    </message>
    <message>
        <source>Coordinates of a map</source>
        <translation>映射图的坐标</translation>
    </message>
    <message>
        <source>none</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>检查点</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>映射图</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>导出的进度</translation>
    </message>
    <message>
        <source>Python that loads the file</source>
        <translation>加载该文件的 Python 代码</translation>
    </message>
    <message>
        <source>Copy the Python</source>
        <translation>复制 Python 代码</translation>
    </message>
    <message>
        <source>Write…</source>
        <translation>写入…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>encoder for torchvision (.safetensors)</source>
        <translation>编码器，用于 torchvision (.safetensors)</translation>
    </message>
    <message>
        <source>encoder for timm (.safetensors)</source>
        <translation>编码器，用于 timm (.safetensors)</translation>
    </message>
    <message>
        <source>encoder for this program&apos;s engine (.safetensors)</source>
        <translation>编码器，用于本程序的引擎 (.safetensors)</translation>
    </message>
    <message>
        <source>encoder as ONNX, from pixels to features (.onnx)</source>
        <translation>编码器，ONNX 格式，从像素到特征 (.onnx)</translation>
    </message>
    <message>
        <source>features for numpy (.npz)</source>
        <translation>特征，用于 numpy (.npz)</translation>
    </message>
    <message>
        <source>features as a table (.parquet)</source>
        <translation>特征，表格形式 (.parquet)</translation>
    </message>
    <message>
        <source>{0} · needs: {1}</source>
        <translation>{0} · 需要：{1}</translation>
    </message>
    <message>
        <source>the last</source>
        <translation>最后一个</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>A folder of images</source>
        <translation>图像文件夹</translation>
    </message>
    <message>
        <source>writing {0}…</source>
        <translation>正在写入 {0}…</translation>
    </message>
    <message>
        <source>Not compared: its library is not installed here.</source>
        <translation>未作比较：这里没有安装所需的库。</translation>
    </message>
    <message>
        <source>Check: the written encoder&apos;s features of {0} images differ by at most {1}; the largest feature is {2}.</source>
        <translation>检查：写出的编码器在 {0} 张图像上的特征最多相差 {1}；最大特征值为 {2}。</translation>
    </message>
    <message>
        <source>The images of the run could not be opened. Check: the written encoder&apos;s features of {0} images of noise differ by at most {1}; the largest feature is {2}.</source>
        <translation>无法打开该运行的图像。检查：写出的编码器在 {0} 张噪声图像上的特征最多相差 {1}；最大特征值为 {2}。</translation>
    </message>
    <message>
        <source>Written: {0}</source>
        <translation>已写入：{0}</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>已取消；未写入任何内容。</translation>
    </message>
    <message>
        <source>features as a table of text (.csv)</source>
        <translation>特征，文本表格 (.csv)</translation>
    </message>
    <message>
        <source>features for FiftyOne (a folder)</source>
        <translation>特征，供 FiftyOne 使用（文件夹）</translation>
    </message>
    <message>
        <source>features for TensorBoard&apos;s projector (a folder)</source>
        <translation>特征，供 TensorBoard 投影仪使用（文件夹）</translation>
    </message>
    <message>
        <source>A new folder</source>
        <translation>新文件夹</translation>
    </message>
</context>
<context>
    <name>FactorCard</name>
    <message>
        <source>Factor</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>Pixels: {0}</source>
        <translation>像素：{0}</translation>
    </message>
    <message>
        <source>{0} over the epochs</source>
        <translation>{0} 随轮次的变化</translation>
    </message>
    <message>
        <source>bar: interval of 95 %; short tick: untrained; dotted: 8 × 8 pixels</source>
        <translation>横条：95 % 区间；短刻度：未训练；点线：8 × 8 像素</translation>
    </message>
    <message>
        <source>; hollow: the other run</source>
        <translation>；空心：另一个运行</translation>
    </message>
    <message>
        <source>0 is chance level, 1 is perfect. Kept: the interval lies above 0.5. Discarded: below 0.2, although the pixels or the untrained encoder give more. Not readable: below 0.2, and these give no more.</source>
        <translation>0 为随机水平，1 为完全可读。保留：区间高于 0.5。舍弃：低于 0.2，而像素或未训练的编码器更高。无法读出：低于 0.2，且它们也不更高。</translation>
    </message>
</context>
<context>
    <name>Figure</name>
    <message>
        <source>Parts</source>
        <translation>组成部分</translation>
    </message>
    <message>
        <source>Only the part in view</source>
        <translation>仅可见部分</translation>
    </message>
    <message>
        <source>Points without a value, in grey</source>
        <translation>无值的点（灰色）</translation>
    </message>
    <message>
        <source>Untrained encoders, hollow</source>
        <translation>未训练的编码器（空心）</translation>
    </message>
    <message>
        <source>Chance level</source>
        <translation>随机水平</translation>
    </message>
    <message>
        <source>Mean and spread over seeds</source>
        <translation>不同种子的均值与离散程度</translation>
    </message>
    <message>
        <source>Bar: ± one standard deviation</source>
        <translation>误差线：± 一个标准差</translation>
    </message>
    <message>
        <source>{0}, {1} seeds ± s.d.</source>
        <translation>{0}，{1} 个种子 ± 标准差</translation>
    </message>
    <message>
        <source>Test accuracy (%); bars: standard error</source>
        <translation>测试准确率（%）；横线：标准误</translation>
    </message>
    <message>
        <source>Test accuracy (%)</source>
        <translation>测试准确率（%）</translation>
    </message>
    <message>
        <source>chance</source>
        <translation>随机水平</translation>
    </message>
    <message>
        <source>Evaluation on {0}</source>
        <translation>在 {0} 上的评估</translation>
    </message>
    <message>
        <source>Untrained encoder, a short tick</source>
        <translation>未训练的编码器（短线）</translation>
    </message>
    <message>
        <source>8 × 8 pixels, a long tick</source>
        <translation>8 × 8 像素（长线）</translation>
    </message>
    <message>
        <source>Ranges of kept and discarded</source>
        <translation>保留与舍弃的范围</translation>
    </message>
    <message>
        <source>Kept (0: chance level, 1: perfect; bars: 95 % interval)</source>
        <translation>保留程度（0：随机水平，1：完美；横线：95 % 区间）</translation>
    </message>
    <message>
        <source>untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>8 × 8 pixels</source>
        <translation>8 × 8 像素</translation>
    </message>
    <message>
        <source>Plots</source>
        <translation>图</translation>
    </message>
    <message>
        <source>Similarity matrix</source>
        <translation>相似度矩阵</translation>
    </message>
    <message>
        <source>Positives and negatives</source>
        <translation>正样本对与负样本对</translation>
    </message>
    <message>
        <source>Cosine over strength</source>
        <translation>余弦随强度的变化</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>View 2 of each image</source>
        <translation>每幅图像的视图 2</translation>
    </message>
    <message>
        <source>View 1 of each image</source>
        <translation>每幅图像的视图 1</translation>
    </message>
    <message>
        <source>{0} positives</source>
        <translation>{0} 个正样本对</translation>
    </message>
    <message>
        <source>{0} negatives</source>
        <translation>{0} 个负样本对</translation>
    </message>
    <message>
        <source>median {0}</source>
        <translation>中位数 {0}</translation>
    </message>
    <message>
        <source>Share of the pairs (%)</source>
        <translation>样本对占比（%）</translation>
    </message>
    <message>
        <source>too easy</source>
        <translation>太容易</translation>
    </message>
    <message>
        <source>destroys the content</source>
        <translation>破坏内容</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>此运行</translation>
    </message>
    <message>
        <source>mean; band: the middle 80 % of the images</source>
        <translation>均值；色带：中间 80 % 的图像</translation>
    </message>
    <message>
        <source>Cosine to the original</source>
        <translation>与原图的余弦</translation>
    </message>
    <message>
        <source>{0} against {1}</source>
        <translation>{0} 与 {1}</translation>
    </message>
    <message>
        <source>PC {0} ({1} % of the variance)</source>
        <translation>PC {0}（方差的 {1} %）</translation>
    </message>
    <message>
        <source>no value</source>
        <translation>无值</translation>
    </message>
    <message>
        <source>Values before smoothing, faint</source>
        <translation>平滑前的数值（浅色）</translation>
    </message>
    <message>
        <source>Chance levels and other lines</source>
        <translation>随机水平及其他参考线</translation>
    </message>
    <message>
        <source>Only the range of x in view</source>
        <translation>仅显示可见的 x 范围</translation>
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
        <source>Images seen</source>
        <translation>已见图像数</translation>
    </message>
    <message>
        <source>Time (h)</source>
        <translation>时间（h）</translation>
    </message>
    <message>
        <source>Time (min)</source>
        <translation>时间（min）</translation>
    </message>
    <message>
        <source>Time (s)</source>
        <translation>时间（s）</translation>
    </message>
</context>
<context>
    <name>FigureButton</name>
    <message>
        <source>Figure…</source>
        <translation>图…</translation>
    </message>
    <message>
        <source>A figure for print of what is shown: PDF, SVG, PNG or the clipboard (Ctrl+E)</source>
        <translation>将所示内容制成用于印刷的图：PDF、SVG、PNG 或剪贴板（Ctrl+E）</translation>
    </message>
</context>
<context>
    <name>FigureChart</name>
    <message>
        <source>Figures</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Metrics of the runs</source>
        <translation>各运行的指标</translation>
    </message>
    <message>
        <source>Metric on the y axis</source>
        <translation>纵轴上的指标</translation>
    </message>
    <message>
        <source>Setting or property on the x axis</source>
        <translation>横轴上的设置或属性</translation>
    </message>
    <message>
        <source>against</source>
        <translation>对</translation>
    </message>
    <message>
        <source>These are too many different values for a chart. Choose fewer runs, or another setting.</source>
        <translation>不同的值太多，无法绘图。请少选一些运行，或换一项设置。</translation>
    </message>
    <message>
        <source>Each run is shown as a dot here, as soon as there are runs.</source>
        <translation>有了运行，这里就显示每个运行一个点。</translation>
    </message>
    <message>
        <source>None of these runs has both. Choose another metric or setting above.</source>
        <translation>这些运行都不同时具备两者。请在上方换一个指标或设置。</translation>
    </message>
    <message>
        <source>{0} seeds</source>
        <translation>{0} 个种子</translation>
    </message>
</context>
<context>
    <name>FigureDialog</name>
    <message>
        <source>Figure</source>
        <translation>图</translation>
    </message>
    <message>
        <source>Preview of the figure</source>
        <translation>图的预览</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the figure to the clipboard, as an image of this resolution</source>
        <translation>将图以此分辨率作为图像复制到剪贴板</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>One column, 85 mm</source>
        <translation>单栏，85 mm</translation>
    </message>
    <message>
        <source>Two columns, 175 mm</source>
        <translation>双栏，175 mm</translation>
    </message>
    <message>
        <source>Slide, 254 × 143 mm</source>
        <translation>幻灯片，254 × 143 mm</translation>
    </message>
    <message>
        <source>Own size</source>
        <translation>自定义尺寸</translation>
    </message>
    <message>
        <source>below</source>
        <translation>下方</translation>
    </message>
    <message>
        <source>at the right</source>
        <translation>右侧</translation>
    </message>
    <message>
        <source>in the plot</source>
        <translation>图内</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>sans serif</source>
        <translation>无衬线</translation>
    </message>
    <message>
        <source>serif</source>
        <translation>衬线</translation>
    </message>
    <message>
        <source>Title above the figure</source>
        <translation>图上方的标题</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>高度</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Copied: {0} × {1} px</source>
        <translation>已复制：{0} × {1} px</translation>
    </message>
    <message>
        <source>Font</source>
        <translation>字体</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>分辨率</translation>
    </message>
    <message>
        <source>Of a PNG, and of the parts of a PDF or SVG that are images: maps of more than 20,000 points</source>
        <translation>用于 PNG，以及 PDF 或 SVG 中作为图像的部分：超过 20,000 个点的映射图</translation>
    </message>
    <message>
        <source>Choose at least one plot.</source>
        <translation>请至少选择一个图。</translation>
    </message>
    <message>
        <source>No installed font has these characters: {0}. Install one that does, then open the figure again.</source>
        <translation>已安装的字体中都没有这些字符：{0}。请安装包含它们的字体，然后重新打开此图。</translation>
    </message>
    <message>
        <source>{0} × {1} mm · {2} × {3} px</source>
        <translation>{0} × {1} mm · {2} × {3} px</translation>
    </message>
    <message>
        <source>{0} × {1} mm</source>
        <translation>{0} × {1} mm</translation>
    </message>
    <message>
        <source>Save the figure</source>
        <translation>保存图</translation>
    </message>
    <message>
        <source>Writing {0}…</source>
        <translation>正在写入 {0}…</translation>
    </message>
    <message>
        <source>Written: {0}</source>
        <translation>已写入：{0}</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>Of test images</source>
        <translation>测试图像上</translation>
    </message>
    <message>
        <source>untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>已训练</translation>
    </message>
    <message>
        <source>gain</source>
        <translation>提升</translation>
    </message>
    <message>
        <source>labels</source>
        <translation>标签数</translation>
    </message>
    <message>
        <source>Results of the chosen run</source>
        <translation>选中运行的指标</translation>
    </message>
    <message>
        <source>How these results are computed</source>
        <translation>这些指标如何得出</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>评估规程</translation>
    </message>
    <message>
        <source>{0} (older checkpoint)</source>
        <translation>{0}（较早的检查点）</translation>
    </message>
    <message>
        <source>Step {0}, {1}</source>
        <translation>第 {0} 步，{1}</translation>
    </message>
    <message>
        <source>learning rate {0} (untrained {1}), {2} on validation</source>
        <translation>学习率 {0}（未训练 {1}），验证集 {2}</translation>
    </message>
    <message>
        <source>L2 strength {0} (untrained {1}), {2} on validation</source>
        <translation>L2 强度 {0}（未训练 {1}），验证集 {2}</translation>
    </message>
    <message>
        <source>{0} labelled images</source>
        <translation>{0} 张有标签图像</translation>
    </message>
    <message>
        <source>Predictions…</source>
        <translation>预测…</translation>
    </message>
    <message>
        <source>A few test images with the truth and what is predicted, and the result of each class</source>
        <translation>几张测试图像、其真实与预测，以及每个类别的结果</translation>
    </message>
    <message>
        <source>{0} from pixels alone</source>
        <translation>仅用像素 {0}</translation>
    </message>
    <message>
        <source>{0} at chance level</source>
        <translation>随机水平为 {0}</translation>
    </message>
    <message>
        <source>standard error {0} (untrained {1})</source>
        <translation>标准误差 {0}（未训练 {1}）</translation>
    </message>
    <message>
        <source>{0} on {1}, {2} px, {3} classes, chance level {4}. Measured on {5} test images; the standard error of a share is at most {6}.</source>
        <translation>{0}，数据 {1}，{2} px，{3} 个类别，随机水平 {4}。在 {5} 张测试图像上测量；比例的标准误差至多 {6}。</translation>
    </message>
    <message>
        <source>untrained {0}</source>
        <translation>未训练 {0}</translation>
    </message>
    <message>
        <source>{0} by copying the first mask</source>
        <translation>复制第一帧掩码为 {0}</translation>
    </message>
</context>
<context>
    <name>FiguresModel</name>
    <message>
        <source>factor</source>
        <translation>因素</translation>
    </message>
    <message>
        <source>measure</source>
        <translation>度量</translation>
    </message>
    <message>
        <source>chance</source>
        <translation>随机水平</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>minus {0}</source>
        <translation>减去 {0}</translation>
    </message>
    <message>
        <source>R²</source>
        <translation>R²</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>准确率</translation>
    </message>
</context>
<context>
    <name>FiguresTable</name>
    <message>
        <source>Results for each factor</source>
        <translation>各因素的指标</translation>
    </message>
</context>
<context>
    <name>FilterField</name>
    <message>
        <source>Words that must all occur: simclr batch</source>
        <translation>要查找的词，须全部包含：simclr batch</translation>
    </message>
    <message>
        <source>An exact phrase: &quot;large batch&quot;</source>
        <translation>连续的词：&quot;large batch&quot;</translation>
    </message>
    <message>
        <source>In one column: method:simclr, state:failed, tag:probe</source>
        <translation>在某一列中：method:simclr、state:failed、tag:probe</translation>
    </message>
    <message>
        <source>Exactly this value: tag=probe; without these: -tag:old</source>
        <translation>恰好等于：tag=probe；排除：-tag:old</translation>
    </message>
    <message>
        <source>Numbers: knn&gt;0.4, lr&lt;=0.01, last.rank&gt;=50</source>
        <translation>数字：knn&gt;0.4、lr&lt;=0.01、last.rank&gt;=50</translation>
    </message>
    <message>
        <source>is:starred, is:shown, is:live</source>
        <translation>is:starred、is:shown、is:live</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>筛选运行</translation>
    </message>
    <message>
        <source>Did you mean {0}?</source>
        <translation>是否指 {0}？</translation>
    </message>
    <message>
        <source>{0} must compare with a number, as in knn&gt;0.4.</source>
        <translation>{0} 必须与数字比较，例如 knn&gt;0.4。</translation>
    </message>
    <message>
        <source>{0} may be any of {1}: write the full name.</source>
        <translation>{0} 可能是 {1} 中的任何一个：请写全。</translation>
    </message>
    <message>
        <source>is: must be followed by starred, shown or live.</source>
        <translation>is: 之后必须是 starred、shown 或 live。</translation>
    </message>
    <message>
        <source>{0} is neither a column nor a setting of these runs.</source>
        <translation>{0} 不是这些运行的列，也不是设置。</translation>
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
    <name>FoundElsewhere</name>
    <message>
        <source>In the Augmentation card</source>
        <translation>在增强卡片中</translation>
    </message>
</context>
<context>
    <name>HealthPanel</name>
    <message>
        <source>Too early to say</source>
        <translation>尚难判断</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>正在学习</translation>
    </message>
    <message>
        <source>Stalled</source>
        <translation>停滞</translation>
    </message>
    <message>
        <source>Complete collapse</source>
        <translation>完全坍塌</translation>
    </message>
    <message>
        <source>Collapse: uniform assignments</source>
        <translation>坍塌：分配均匀</translation>
    </message>
    <message>
        <source>Collapse: few prototypes dominate</source>
        <translation>坍塌：少数 prototype 占优</translation>
    </message>
    <message>
        <source>Collapse: the embeddings shrink</source>
        <translation>坍缩：嵌入收缩</translation>
    </message>
    <message>
        <source>Dimensional collapse</source>
        <translation>维度坍塌</translation>
    </message>
    <message>
        <source>Diverging</source>
        <translation>发散</translation>
    </message>
    <message>
        <source>Solved by a shortcut</source>
        <translation>靠捷径解决</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>chance level {0}</source>
        <translation>随机水平 {0}</translation>
    </message>
    <message>
        <source>Mean of the last 20 steps. Chance level: the loss of a constant or random prediction.</source>
        <translation>最近 20 步的均值。随机水平：常数或随机预测的损失。</translation>
    </message>
    <message>
        <source>Std × √d</source>
        <translation>标准差 × √d</translation>
    </message>
    <message>
        <source>1 = isotropic</source>
        <translation>1 = 各向同性</translation>
    </message>
    <message>
        <source>Standard deviation of the L2-normalised embeddings, times √d. At 0 all images have the same embedding.</source>
        <translation>L2 归一化嵌入的标准差乘以 √d。为 0 时所有图像的嵌入相同。</translation>
    </message>
    <message>
        <source>Rank, backbone</source>
        <translation>秩（骨干网络）</translation>
    </message>
    <message>
        <source>{0} untrained</source>
        <translation>未训练时 {0}</translation>
    </message>
    <message>
        <source>Effective rank of the features (RankMe): how many directions they use. A dimensional collapse lowers it.</source>
        <translation>特征的有效秩（RankMe）：使用了多少个方向。维度坍塌会使它降低。</translation>
    </message>
    <message>
        <source>Rank, projector</source>
        <translation>秩（projector）</translation>
    </message>
    <message>
        <source>Effective rank of the projector&apos;s output. Often far lower than the backbone&apos;s.</source>
        <translation>projector 输出的有效秩。往往远低于骨干网络。</translation>
    </message>
    <message>
        <source>Teacher&apos;s entropy</source>
        <translation>教师的熵</translation>
    </message>
    <message>
        <source>0 = one-hot, ln K = uniform</source>
        <translation>0 = one-hot，ln K = 均匀</translation>
    </message>
    <message>
        <source>Entropy of the teacher&apos;s output for a view (of SwAV: of its code), in nats.</source>
        <translation>教师对一个视图的输出的熵（SwAV：其编码的熵），以 nat 计。</translation>
    </message>
    <message>
        <source>Divergence</source>
        <translation>散度</translation>
    </message>
    <message>
        <source>0 = student equals teacher</source>
        <translation>0 = 学生与教师相同</translation>
    </message>
    <message>
        <source>Kullback-Leibler divergence between teacher and student, in nats: the loss minus the teacher&apos;s entropy.</source>
        <translation>教师与学生之间的 KL 散度，以 nat 计：损失减去教师的熵。</translation>
    </message>
    <message>
        <source>Prototypes used</source>
        <translation>使用的 prototype</translation>
    </message>
    <message>
        <source>of those that a batch can use</source>
        <translation>占一批所能使用的全部</translation>
    </message>
    <message>
        <source>Prototypes that are the argmax of at least one view, as a share of the most that the views of a batch can have.</source>
        <translation>至少是一个视图的 argmax 的 prototype，占该批视图最多所能有的比例。</translation>
    </message>
    <message>
        <source>kNN</source>
        <translation>kNN</translation>
    </message>
    <message>
        <source>Nearest-neighbour accuracy of the frozen features on the validation images.</source>
        <translation>冻结特征在验证图像上的最近邻准确率。</translation>
    </message>
    <message>
        <source>Pretext task</source>
        <translation>代理任务</translation>
    </message>
    <message>
        <source>baseline {0}</source>
        <translation>基线 {0}</translation>
    </message>
    <message>
        <source>Accuracy of the pretext task, or reconstruction error, on validation images.</source>
        <translation>代理任务的准确率，或重建误差，在验证图像上。</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>健康状况</translation>
    </message>
    <message>
        <source>Nothing was measured yet.</source>
        <translation>尚未测量任何内容。</translation>
    </message>
    <message>
        <source>Choose a run: its diagnosis is shown here.</source>
        <translation>请选择一个运行：这里显示对它的诊断。</translation>
    </message>
    <message>
        <source>step {0}</source>
        <translation>第 {0} 步</translation>
    </message>
    <message>
        <source>Too short for a diagnosis</source>
        <translation>太短，无法判断</translation>
    </message>
    <message>
        <source>A baseline</source>
        <translation>基线</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Documentation</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页面内容</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back (Alt+Left)</source>
        <translation>返回（Alt+Left）</translation>
    </message>
    <message>
        <source>Find on this page</source>
        <translation>在本页中查找</translation>
    </message>
</context>
<context>
    <name>HistogramCard</name>
    <message>
        <source>Positives and negatives</source>
        <translation>正样本对与负样本对</translation>
    </message>
    <message>
        <source>{0} positives: two views of an image</source>
        <translation>{0} 个正样本对：同一图像的两个视图</translation>
    </message>
    <message>
        <source>{0} negatives</source>
        <translation>{0} 个负样本对</translation>
    </message>
    <message>
        <source>{0} of the negatives lie above the median positive ({1}).</source>
        <translation>{0} 的负样本对高于正样本对的中位数（{1}）。</translation>
    </message>
    <message>
        <source>AUC {0}</source>
        <translation>AUC {0}</translation>
    </message>
    <message>
        <source>How often a positive&apos;s cosine is larger than a negative&apos;s: 1 means always, 0.5 is the chance level</source>
        <translation>正样本对的余弦大于负样本对的频率：1 表示总是，0.5 为随机水平</translation>
    </message>
</context>
<context>
    <name>HoverCard</name>
    <message>
        <source>no image: its data cannot be opened</source>
        <translation>无图像：无法打开其数据</translation>
    </message>
</context>
<context>
    <name>ImageActions</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>The image has no file of its own.</source>
        <translation>该图像没有自己的文件。</translation>
    </message>
    <message>
        <source>Copy image</source>
        <translation>复制图像</translation>
    </message>
    <message>
        <source>The folder is no longer there: {0}</source>
        <translation>文件夹已不存在：{0}</translation>
    </message>
</context>
<context>
    <name>ImageGrid</name>
    <message>
        <source>{0} images</source>
        <translation>{0} 张图像</translation>
    </message>
    <message>
        <source>number {0}</source>
        <translation>第 {0} 个</translation>
    </message>
</context>
<context>
    <name>ImageViewer</name>
    <message>
        <source>Image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>About</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Measure its loss</source>
        <translation>测量其损失</translation>
    </message>
    <message>
        <source>In eight batches with other views and other images, by the checkpoint of this epoch</source>
        <translation>在八个批次中测量，视图和其他图像每次不同，使用本轮的检查点</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Draw again</source>
        <translation>重新抽取</translation>
    </message>
    <message>
        <source>Other random views by the run&apos;s own augmentation</source>
        <translation>按本次运行自己的数据增强抽取其他随机视图</translation>
    </message>
    <message>
        <source>Views of the image</source>
        <translation>该图像的视图</translation>
    </message>
    <message>
        <source>Neighbours</source>
        <translation>近邻</translation>
    </message>
    <message>
        <source>Nearest images in the encoder&apos;s space</source>
        <translation>编码器空间中最近的图像</translation>
    </message>
    <message>
        <source>Previous image (left arrow)</source>
        <translation>上一张图像（左箭头）</translation>
    </message>
    <message>
        <source>Next image (right arrow)</source>
        <translation>下一张图像（右箭头）</translation>
    </message>
    <message>
        <source>Show on the map</source>
        <translation>在映射图上显示</translation>
    </message>
    <message>
        <source>Close, and show the sample and its neighbours on the map</source>
        <translation>关闭，并在映射图上显示该样本及其近邻</translation>
    </message>
    <message>
        <source>Show in folder, copy</source>
        <translation>在文件夹中显示、复制</translation>
    </message>
    <message>
        <source>Smaller (−)</source>
        <translation>缩小（−）</translation>
    </message>
    <message>
        <source>Larger (+)</source>
        <translation>放大（+）</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>All of the image (0)</source>
        <translation>整幅图像（0）</translation>
    </message>
    <message>
        <source>The image&apos;s own size (1)</source>
        <translation>图像的原始大小（1）</translation>
    </message>
    <message>
        <source>image {0}</source>
        <translation>图像 {0}</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>a neighbour</source>
        <translation>近邻</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>{0} × {1} px</source>
        <translation>{0} × {1} 像素</translation>
    </message>
    <message>
        <source>shown at {0} × {1}</source>
        <translation>以 {0} × {1} 显示</translation>
    </message>
    <message>
        <source>as the data set holds it</source>
        <translation>数据集中的版本</translation>
    </message>
    <message>
        <source>The file cannot be read: {0}. What is shown is the image as the data set holds it.</source>
        <translation>文件无法读取：{0}。显示的是数据集中的图像。</translation>
    </message>
    <message>
        <source>view {0}</source>
        <translation>视图 {0}</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>agreement of views</source>
        <translation>各视图的一致性</translation>
    </message>
    <message>
        <source>{0} (chance {1})</source>
        <translation>{0}（随机水平 {1}）</translation>
    </message>
    <message>
        <source>Measuring… {0} %</source>
        <translation>正在测量… {0} %</translation>
    </message>
    <message>
        <source>encoded now</source>
        <translation>刚刚编码</translation>
    </message>
    <message>
        <source>The image is not a sample of the map.</source>
        <translation>该图像不是映射图上的样本。</translation>
    </message>
    <message>
        <source>cosine {0}</source>
        <translation>余弦 {0}</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>The file is no longer there: {0}.</source>
        <translation>文件已不存在：{0}。</translation>
    </message>
    <message>
        <source>on the map</source>
        <translation>在映射图上</translation>
    </message>
    <message>
        <source>index</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>The image has no file of its own: it is generated, or one of many in an array.</source>
        <translation>该图像没有自己的文件：它是生成的，或是数组中的一幅。</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>说明文字</translation>
    </message>
</context>
<context>
    <name>InvariancePanel</name>
    <message>
        <source>Invariance</source>
        <translation>不变性</translation>
    </message>
    <message>
        <source>Factors kept by the encoder</source>
        <translation>编码器保留的因素</translation>
    </message>
    <message>
        <source>Which checkpoints</source>
        <translation>哪些检查点</translation>
    </message>
    <message>
        <source>newest checkpoint</source>
        <translation>最新的检查点</translation>
    </message>
    <message>
        <source>every kept checkpoint</source>
        <translation>每个保留的检查点</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Progress of the probes</source>
        <translation>探针的进度</translation>
    </message>
    <message>
        <source>Run to compare with</source>
        <translation>用于比较的运行</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Epoch of the probes</source>
        <translation>探针的轮次</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Probing… {0} %</source>
        <translation>正在探测… {0} %</translation>
    </message>
    <message>
        <source>compare with…</source>
        <translation>比较对象…</translation>
    </message>
    <message>
        <source>That run has not been measured yet. Choose it on the left, measure it, then compare again.</source>
        <translation>该运行尚未测量。请在左侧选择它并测量，然后再比较。</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>Choose a run on the left: linear probes show which factors its encoder keeps and which it discards.</source>
        <translation>在左侧选择一个运行：线性探针显示其编码器保留和舍弃了哪些因素。</translation>
    </message>
    <message>
        <source>Fitting probes on frozen features of backbone and projector: about half a minute for each checkpoint.</source>
        <translation>在骨干网络和 projector 的冻结特征上拟合探针：每个检查点约半分钟。</translation>
    </message>
    <message>
        <source>Reading stored results…</source>
        <translation>正在读取测量结果…</translation>
    </message>
    <message>
        <source>The run has no checkpoint yet. Let it train longer, then measure.</source>
        <translation>该运行尚未保存检查点。请让它继续训练，然后测量。</translation>
    </message>
    <message>
        <source>Not measured yet. Measure fits linear probes on frozen features, for every annotated factor of the data and every random parameter of the augmentations. The results are stored with the run.</source>
        <translation>尚未测量。“测量”会在冻结特征上拟合线性探针，针对数据的每个标注因素和增强的每个随机参数。结果随运行一起保存。</translation>
    </message>
    <message>
        <source>Probing…</source>
        <translation>正在探测…</translation>
    </message>
    <message>
        <source>{0}, {1} test images</source>
        <translation>{0}，{1} 张测试图像</translation>
    </message>
    <message>
        <source>{0} · the run has a newer checkpoint: measure again</source>
        <translation>{0} · 该运行有较新的检查点：请重新测量</translation>
    </message>
    <message>
        <source>Against {0}: {1}.</source>
        <translation>与 {0} 相比：{1}。</translation>
    </message>
    <message>
        <source>mean lightness</source>
        <translation>平均明度</translation>
    </message>
    <message>
        <source>mean colour</source>
        <translation>平均颜色</translation>
    </message>
    <message>
        <source>crop x</source>
        <translation>裁剪 x</translation>
    </message>
    <message>
        <source>crop y</source>
        <translation>裁剪 y</translation>
    </message>
    <message>
        <source>crop area</source>
        <translation>裁剪面积</translation>
    </message>
    <message>
        <source>flip</source>
        <translation>翻转</translation>
    </message>
    <message>
        <source>view rotation</source>
        <translation>视图旋转</translation>
    </message>
    <message>
        <source>brightness</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>saturation</source>
        <translation>饱和度</translation>
    </message>
    <message>
        <source>hue shift</source>
        <translation>色相偏移</translation>
    </message>
    <message>
        <source>grayscale</source>
        <translation>灰度</translation>
    </message>
    <message>
        <source>blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>Annotated factors</source>
        <translation>标注因素</translation>
    </message>
    <message>
        <source>Image statistics</source>
        <translation>图像统计量</translation>
    </message>
    <message>
        <source>Augmentation parameters</source>
        <translation>增强参数</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Projector</source>
        <translation>Projector</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>partly</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>discarded</source>
        <translation>舍弃</translation>
    </message>
    <message>
        <source>not readable</source>
        <translation>无法读出</translation>
    </message>
    <message>
        <source>untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>keeps {0}</source>
        <translation>保留 {0}</translation>
    </message>
    <message>
        <source>partly {0}</source>
        <translation>部分保留 {0}</translation>
    </message>
    <message>
        <source>discards {0}</source>
        <translation>舍弃 {0}</translation>
    </message>
    <message>
        <source>no factor is readable</source>
        <translation>没有可读出的因素</translation>
    </message>
    <message>
        <source>training added {0}</source>
        <translation>训练增加了 {0}</translation>
    </message>
    <message>
        <source>removed {0}</source>
        <translation>减少了 {0}</translation>
    </message>
    <message>
        <source>keeps more of {0}</source>
        <translation>更多保留 {0}</translation>
    </message>
    <message>
        <source>less of {0}</source>
        <translation>更少保留 {0}</translation>
    </message>
    <message>
        <source>no significant difference</source>
        <translation>无显著差异</translation>
    </message>
    <message>
        <source>R² {0} ({1} – {2})</source>
        <translation>R² {0}（{1} – {2}）</translation>
    </message>
    <message>
        <source>accuracy {0} ({1} – {2}), chance level {3}</source>
        <translation>准确率 {0}（{1} – {2}），随机水平 {3}</translation>
    </message>
    <message>
        <source>untrained {0}, a change of {1} ({2} to {3})</source>
        <translation>未训练 {0}，变化 {1}（{2} 到 {3}）</translation>
    </message>
    <message>
        <source>The augmentations of this run vary it: a loss that pulls views together penalises keeping it.</source>
        <translation>此运行的增强会改变它：拉近各视图的损失不利于保留它。</translation>
    </message>
    <message>
        <source>The augmentations of this run never vary it.</source>
        <translation>此运行的增强从不改变它。</translation>
    </message>
</context>
<context>
    <name>KeptChart</name>
    <message>
        <source>How much of each factor is kept</source>
        <translation>每个因素保留了多少</translation>
    </message>
    <message>
        <source>{0} factors</source>
        <translation>{0} 个因素</translation>
    </message>
    <message>
        <source>number {0}</source>
        <translation>第 {0} 个</translation>
    </message>
</context>
<context>
    <name>LegendCard</name>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Show every entry that is listed</source>
        <translation>显示列出的所有条目</translation>
    </message>
    <message>
        <source>Hide every entry that is listed</source>
        <translation>隐藏列出的所有条目</translation>
    </message>
    <message>
        <source>Search the legend</source>
        <translation>搜索图例</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
    <message>
        <source>Search {0} entries</source>
        <translation>搜索 {0} 个条目</translation>
    </message>
    <message>
        <source>chance {0}</source>
        <translation>随机水平 {0}</translation>
    </message>
    <message>
        <source>The loss of chance predictions</source>
        <translation>随机预测的损失</translation>
    </message>
    <message>
        <source>No sample has a value here: the data have no classes. Choose another column, or clusters.</source>
        <translation>此处没有样本有值：数据没有类别。请选择其他列或聚类。</translation>
    </message>
</context>
<context>
    <name>LegendLine</name>
    <message>
        <source>Colour by</source>
        <translation>着色依据</translation>
    </message>
    <message>
        <source>No sample has a value here: the data have no classes.</source>
        <translation>此处没有样本有值：数据没有类别。</translation>
    </message>
</context>
<context>
    <name>LegendModel</name>
    <message>
        <source>{0}: {1}. Click hides, Ctrl+click shows it alone</source>
        <translation>{0}：{1}。点击隐藏，Ctrl+点击只显示它</translation>
    </message>
</context>
<context>
    <name>ListEditor</name>
    <message>
        <source>separated by commas</source>
        <translation>用逗号分隔</translation>
    </message>
</context>
<context>
    <name>LogDialog</name>
    <message>
        <source>Log of {0}</source>
        <translation>{0} 的日志</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>警告和错误</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>搜索日志</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the selected text, or all that is shown</source>
        <translation>复制选中的文字；未选中时复制全部显示内容</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>{0} found</source>
        <translation>找到 {0} 处</translation>
    </message>
    <message>
        <source>This run has no log yet.</source>
        <translation>该运行还没有日志。</translation>
    </message>
    <message>
        <source>{0} entries · {1} warnings · {2} errors</source>
        <translation>{0} 条 · {1} 个警告 · {2} 个错误</translation>
    </message>
</context>
<context>
    <name>MapCard</name>
    <message>
        <source>Map</source>
        <translation>映射图</translation>
    </message>
    <message>
        <source>map of a part</source>
        <translation>部分样本的映射图</translation>
    </message>
    <message>
        <source>Select at least {0} samples.</source>
        <translation>请至少选择 {0} 个样本。</translation>
    </message>
    <message>
        <source>{0}, all epochs</source>
        <translation>{0}，所有轮次</translation>
    </message>
    <message>
        <source>{0}, supervised by class</source>
        <translation>{0}，按类别监督</translation>
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
        <source>{0} % of neighbours kept</source>
        <translation>保留 {0} % 的近邻</translation>
    </message>
    <message>
        <source>Kept: the share of a sample&apos;s 15 nearest in the space that are among its 15 nearest on the map.</source>
        <translation>保留：一个样本在空间中最近的 15 个，有多大比例也在映射图上它最近的 15 个之内。</translation>
    </message>
    <message>
        <source>The two axes explain {0} % of the variance.</source>
        <translation>两个轴解释了 {0} % 的方差。</translation>
    </message>
    <message>
        <source>Measured on {0} samples.</source>
        <translation>在 {0} 个样本上测量。</translation>
    </message>
    <message>
        <source>The projector&apos;s embedding by the checkpoint of epoch {0}.</source>
        <translation>第 {0} 轮检查点的 projector 的嵌入。</translation>
    </message>
    <message>
        <source>Making the map…</source>
        <translation>正在生成映射图…</translation>
    </message>
    <message>
        <source>Trustworthiness: whether neighbours on the map are neighbours in the space; 1 is perfect, .5 the chance level.</source>
        <translation>可信度：图上的近邻是否也是空间中的近邻；1 为完全一致，.5 为随机水平。</translation>
    </message>
    <message>
        <source>Made with the classes: their distances here do not show what the encoder learned.</source>
        <translation>使用了类别：此处类别间的距离不反映编码器学到的内容。</translation>
    </message>
    <message>
        <source>Pick a run at the left to see maps of its embedding space.</source>
        <translation>在左侧选择一次运行，查看其嵌入空间的图。</translation>
    </message>
    <message>
        <source>This run has no snapshot yet. The first one is written at its first validation.</source>
        <translation>本次运行还没有快照。第一份快照在首次验证时写入。</translation>
    </message>
    <message>
        <source>more samples</source>
        <translation>更多样本</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
</context>
<context>
    <name>MapColouring</name>
    <message>
        <source>class {0}</source>
        <translation>类别 {0}</translation>
    </message>
</context>
<context>
    <name>MapImages</name>
    <message>
        <source>Mark on both maps</source>
        <translation>在两张映射图上标记</translation>
    </message>
</context>
<context>
    <name>MapSettings</name>
    <message>
        <source>Map from local to global</source>
        <translation>映射图从局部到全局</translation>
    </message>
    <message>
        <source>local</source>
        <translation>局部</translation>
    </message>
    <message>
        <source>global</source>
        <translation>全局</translation>
    </message>
    <message>
        <source>More…</source>
        <translation>更多…</translation>
    </message>
    <message>
        <source>Neighbours, distances and how many samples the map has</source>
        <translation>近邻、距离，以及映射图包含多少样本</translation>
    </message>
    <message>
        <source>How the map is made</source>
        <translation>映射图如何生成</translation>
    </message>
    <message>
        <source>Neighbours</source>
        <translation>近邻</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>Mid-near pairs</source>
        <translation>中近样本对</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>Euclidean</source>
        <translation>欧氏</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空间</translation>
    </message>
    <message>
        <source>backbone&apos;s features</source>
        <translation>骨干网络的特征</translation>
    </message>
    <message>
        <source>projector&apos;s embedding</source>
        <translation>projector 的嵌入</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>默认值</translation>
    </message>
    <message>
        <source>all {0}</source>
        <translation>全部 {0}</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Least distance</source>
        <translation>最小距离</translation>
    </message>
    <message>
        <source>About how many neighbours count for each sample; at most a third of the samples</source>
        <translation>每个样本大约计入多少个近邻；最多为样本数的三分之一</translation>
    </message>
    <message>
        <source>Backbone: what is used later. Projector: where the loss is computed</source>
        <translation>骨干网络：之后使用的部分。Projector：计算损失之处</translation>
    </message>
    <message>
        <source>How many nearest samples each sample should stay close to</source>
        <translation>每个样本应与多少个最近的样本保持接近</translation>
    </message>
    <message>
        <source>The least distance of two points: a small one forms dense groups, a large one spreads them out</source>
        <translation>两点之间的最小距离：小则形成密集的团，大则把它们分散开</translation>
    </message>
    <message>
        <source>Pairs at medium distance for each near pair: more of them preserve the global shape</source>
        <translation>每个近邻对所配的中等距离对数：越多越能保留整体形状</translation>
    </message>
    <message>
        <source>The distance of two samples, for the map and its quality</source>
        <translation>两个样本之间的距离，用于图及其质量</translation>
    </message>
    <message>
        <source>Pull samples of one class together: such a map does not show what the encoder learned</source>
        <translation>把同一类别的样本拉到一起：这样的图不反映编码器学到的内容</translation>
    </message>
    <message>
        <source>pulled together</source>
        <translation>拉到一起</translation>
    </message>
    <message>
        <source>Fewer samples take less time. A subset with the classes&apos; shares, the same each time</source>
        <translation>样本越少用时越短。子集保持各类别的比例，每次相同</translation>
    </message>
    <message>
        <source>Local: only the nearest samples count, and small groups separate. Global: many count, and the overall shape is kept.</source>
        <translation>局部：只考虑最近的样本，小群会分开。全局：考虑许多样本，保留整体形状。</translation>
    </message>
</context>
<context>
    <name>MapTools</name>
    <message>
        <source>Progress of the map</source>
        <translation>映射图的进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Drag moves the map</source>
        <translation>拖动以移动映射图</translation>
    </message>
    <message>
        <source>Drag selects a rectangle; Shift adds, Alt takes away. By keys: Shift and arrows, then Enter</source>
        <translation>拖动以选择矩形；Shift 添加，Alt 去除。用键盘：Shift 加方向键，然后 Enter</translation>
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
        <source>Trails</source>
        <translation>轨迹</translation>
    </message>
    <message>
        <source>Back to all</source>
        <translation>返回全部</translation>
    </message>
    <message>
        <source>Map the selection alone</source>
        <translation>只映射已选样本</translation>
    </message>
    <message>
        <source>A map of the selected samples alone, which shows smaller differences</source>
        <translation>只含所选样本的映射图，能显示更小的差异</translation>
    </message>
    <message>
        <source>Cancel these colours</source>
        <translation>取消这些颜色</translation>
    </message>
    <message>
        <source>{0} {1} %</source>
        <translation>{0} {1} %</translation>
    </message>
    <message>
        <source>no {0}</source>
        <translation>无 {0}</translation>
    </message>
    <message>
        <source>UMAP by its authors&apos; library, also with the classes (More…): takes several times as long, the first the longest</source>
        <translation>UMAP 作者的程序库实现，也可使用类别（更多…）：耗时为数倍，第一次最久</translation>
    </message>
    <message>
        <source>The two directions of largest variance of the features: fast, and the same every time</source>
        <translation>特征方差最大的两个方向：很快，而且每次相同</translation>
    </message>
    <message>
        <source>Preserves neighbourhoods as far as a plane allows: takes a while</source>
        <translation>在平面允许的范围内保留邻域：需要一些时间</translation>
    </message>
    <message>
        <source>Preserves near neighbours and separates groups; distances between groups mean little: takes longer</source>
        <translation>保留近邻并把各群分开；群之间的距离意义不大：用时更长</translation>
    </message>
    <message>
        <source>Preserves neighbourhoods and the global shape: takes a while</source>
        <translation>保留邻域和整体形状：需要一些时间</translation>
    </message>
    <message>
        <source>The paths of the selected samples through the epochs (T). Computes the maps of epochs that have none</source>
        <translation>所选样本经过各轮的路径（T）。会计算还没有图的各轮</translation>
    </message>
    <message>
        <source>Map all samples again, and select those of the part</source>
        <translation>重新绘制全部样本，并选中这一部分的样本</translation>
    </message>
    <message>
        <source>Keep the map that is shown</source>
        <translation>保留当前显示的图</translation>
    </message>
    <message>
        <source>Show the whole map (double click beside the points)</source>
        <translation>显示整个映射图（双击点以外的地方）</translation>
    </message>
</context>
<context>
    <name>MatrixView</name>
    <message>
        <source>Similarity matrix of the batch</source>
        <translation>批次的相似度矩阵</translation>
    </message>
    <message>
        <source>cosine ≤ {0}</source>
        <translation>余弦 ≤ {0}</translation>
    </message>
    <message>
        <source>{0} by {0} images</source>
        <translation>{0} × {0} 张图像</translation>
    </message>
</context>
<context>
    <name>Messages</name>
    <message>
        <source>It learns from class labels: a baseline.</source>
        <translation>它从类别标签学习：一个基线。</translation>
    </message>
    <message>
        <source>It learns from a few class labels beside all images.</source>
        <translation>除了全部图像，它还从少量类别标签中学习。</translation>
    </message>
    <message>
        <source>Documentation</source>
        <translation>文档</translation>
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
        <source>No method matches.</source>
        <translation>没有匹配的方法。</translation>
    </message>
    <message>
        <source>uses labels</source>
        <translation>使用标签</translation>
    </message>
    <message>
        <source>It learns from class labels: a baseline.</source>
        <translation>从类别标签学习：这是一个基线。</translation>
    </message>
    <message>
        <source>uses a few labels</source>
        <translation>使用少量标签</translation>
    </message>
    <message>
        <source>It learns from a few class labels beside all images.</source>
        <translation>除了全部图像，它还从少量类别标签中学习。</translation>
    </message>
    <message>
        <source>It learns from a trained run, or published weights, chosen as its teacher.</source>
        <translation>它向一个训练好的运行或已发布的权重学习，该运行或权重被选作其教师。</translation>
    </message>
    <message>
        <source>learns nothing</source>
        <translation>不学习</translation>
    </message>
    <message>
        <source>Nothing is trained: a baseline.</source>
        <translation>不训练任何内容：这是一个基线。</translation>
    </message>
    <message>
        <source>{0} works only with a {1}</source>
        <translation>{0} 只能用于 {1}</translation>
    </message>
    <message>
        <source>{0} only</source>
        <translation>仅 {0}</translation>
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
        <source>Masked image modelling</source>
        <translation>掩码图像建模</translation>
    </message>
    <message>
        <source>Multimodal</source>
        <translation>多模态</translation>
    </message>
    <message>
        <source>Applied</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Baselines</source>
        <translation>基线</translation>
    </message>
    <message>
        <source>Added by the package {0}.</source>
        <translation>由软件包 {0} 添加。</translation>
    </message>
    <message>
        <source>needs a teacher</source>
        <translation>需要教师</translation>
    </message>
</context>
<context>
    <name>MetricList</name>
    <message>
        <source>Plots</source>
        <translation>图</translation>
    </message>
    <message>
        <source>Filter: words, kind:evaluation, runs&gt;1, is:shown…</source>
        <translation>筛选：词语、kind:evaluation、runs&gt;1、is:shown…</translation>
    </message>
    <message>
        <source>Filter the figures by name</source>
        <translation>按名称筛选指标</translation>
    </message>
    <message>
        <source>Words that must all occur: rank projector; without these: -rank</source>
        <translation>必须全部出现的词：rank projector；不含这些词：-rank</translation>
    </message>
    <message>
        <source>A kind: kind:loss, kind:evaluation, kind:diagnostics, kind:training</source>
        <translation>类别：kind:loss、kind:evaluation、kind:diagnostics、kind:training</translation>
    </message>
    <message>
        <source>Numbers: runs&gt;1, last&lt;0.5; is:shown for those with a plot</source>
        <translation>数值：runs&gt;1、last&lt;0.5；is:shown 表示已有图的指标</translation>
    </message>
    <message>
        <source>Figures that these runs measure</source>
        <translation>这些运行所测量的指标</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>Only these</source>
        <translation>仅显示这些</translation>
    </message>
    <message>
        <source>Show a plot for each figure in the list, and no other plot</source>
        <translation>为列表中的每个指标各显示一个图，不显示其他图</translation>
    </message>
    <message>
        <source>Defaults</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Show the plots of the first start, in their order</source>
        <translation>按初次启动时的顺序显示图</translation>
    </message>
    <message>
        <source>{0} is no condition. Use words, or one of {1}.</source>
        <translation>{0} 不是条件。请使用词语，或 {1} 之一。</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
</context>
<context>
    <name>MoreMenu</name>
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
        <translation>另存为 YAML…</translation>
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
        <source>Save as YAML</source>
        <translation>另存为 YAML</translation>
    </message>
    <message>
        <source>{0} could not be written. {1}. Choose another directory.</source>
        <translation>无法写入 {0}。{1}。请选择其他目录。</translation>
    </message>
    <message>
        <source>Open YAML</source>
        <translation>打开 YAML</translation>
    </message>
</context>
<context>
    <name>NeighboursPage</name>
    <message>
        <source>Distance of samples</source>
        <translation>样本间的距离</translation>
    </message>
    <message>
        <source>Cosine: compares directions only. Euclidean: compares lengths too</source>
        <translation>余弦：只比较方向。欧氏：也比较长度</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>euclidean</source>
        <translation>欧氏</translation>
    </message>
    <message>
        <source>How many neighbours</source>
        <translation>近邻的数量</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Select the sample and its neighbours on the map</source>
        <translation>在映射图上选择该样本及其近邻</translation>
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
        <source>distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>this</source>
        <translation>本图</translation>
    </message>
    <message>
        <source>the chosen sample</source>
        <translation>所选样本</translation>
    </message>
    <message>
        <source>{0} of {1} have its class: {2}</source>
        <translation>{1} 个中有 {0} 个与其同类：{2}</translation>
    </message>
    <message>
        <source>among the samples on this map</source>
        <translation>在此映射图的样本中</translation>
    </message>
    <message>
        <source>1 of {0}: {1}</source>
        <translation>{0} 条之 1：{1}</translation>
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
    <message>
        <source>News</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>To the setting</source>
        <translation>转到该设置</translation>
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
    <name>OpenModelDialog</name>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Shows a trained encoder on your images, without training: map, neighbours, factors and evaluation, beside the same encoder drawn anew. A run or a published name works, too: timm/NAME, torchvision/NAME, hf-hub:OWNER/NAME.</source>
        <translation>在您的图像上展示训练好的编码器，无需训练：映射图、近邻、因素和评估，并与重新抽取权重的同一编码器对照。也可以使用运行或已发表的名称：timm/NAME、torchvision/NAME、hf-hub:OWNER/NAME。</translation>
    </message>
    <message>
        <source>a file, a run or a published name</source>
        <translation>文件、运行或已发表的名称</translation>
    </message>
    <message>
        <source>of the weights and the images</source>
        <translation>由权重和图像的名称组成</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Reading the model…</source>
        <translation>正在读取模型…</translation>
    </message>
    <message>
        <source>Downloading the model: {0} %</source>
        <translation>正在下载模型：{0} %</translation>
    </message>
</context>
<context>
    <name>OverlapLine</name>
    <message>
        <source>Overlap of the two views of an image, from none (left) to full (right). A large overlap makes the task easy.</source>
        <translation>两个视图共享图像的多少，从完全不共享（左）到全部共享（右）。共享多则任务容易。</translation>
    </message>
    <message>
        <source>Overlap of the crops: median {0} · none in {1}</source>
        <translation>裁剪的重叠：中位数 {0} · {1} 没有重叠</translation>
    </message>
</context>
<context>
    <name>PairCard</name>
    <message>
        <source>Pair</source>
        <translation>样本对</translation>
    </message>
    <message>
        <source>Click a cell of the matrix, or a pair below.</source>
        <translation>点击矩阵中的一格，或下方的一个样本对。</translation>
    </message>
    <message>
        <source>Temperature of the softmax</source>
        <translation>softmax 的温度</translation>
    </message>
    <message>
        <source>Softmax of the first view, τ</source>
        <translation>第一个视图的 softmax，τ</translation>
    </message>
    <message>
        <source>The method&apos;s own temperature is {0}</source>
        <translation>该方法自身的温度为 {0}</translation>
    </message>
    <message>
        <source>The chosen pair</source>
        <translation>所选的样本对</translation>
    </message>
    <message>
        <source>This method has no temperature: {0} is common for contrastive methods</source>
        <translation>此方法没有温度：{0} 是对比方法的常用值</translation>
    </message>
    <message>
        <source>view {0}</source>
        <translation>视图 {0}</translation>
    </message>
    <message>
        <source>image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Image {0}</source>
        <translation>图像 {0}</translation>
    </message>
    <message>
        <source>View {0} of image {1}: a crop of {2} of it</source>
        <translation>图像 {1} 的视图 {0}：裁剪出其中的 {2}</translation>
    </message>
    <message>
        <source>Positive pair</source>
        <translation>正样本对</translation>
    </message>
    <message>
        <source>cosine {0} · overlap of the crops {1}</source>
        <translation>余弦 {0} · 裁剪重叠 {1}</translation>
    </message>
    <message>
        <source>Two images</source>
        <translation>两张图像</translation>
    </message>
    <message>
        <source>cosine {0}</source>
        <translation>余弦 {0}</translation>
    </message>
    <message>
        <source>Its positive has a probability of {0}, rank {1} of {2}.</source>
        <translation>其正样本的概率为 {0}，在 {2} 个中排第 {1}。</translation>
    </message>
    <message>
        <source>The other view shown has {0}.</source>
        <translation>所示的另一视图为 {0}。</translation>
    </message>
    <message>
        <source>The chance level is {0}.</source>
        <translation>随机水平为 {0}。</translation>
    </message>
</context>
<context>
    <name>PairChoices</name>
    <message>
        <source>validation</source>
        <translation>验证集</translation>
    </message>
    <message>
        <source>train</source>
        <translation>训练集</translation>
    </message>
    <message>
        <source>test</source>
        <translation>测试集</translation>
    </message>
    <message>
        <source>by class</source>
        <translation>按类别</translation>
    </message>
    <message>
        <source>by cluster</source>
        <translation>按聚类</translation>
    </message>
    <message>
        <source>by index</source>
        <translation>按序号</translation>
    </message>
    <message>
        <source>Images of which split</source>
        <translation>取哪个划分的图像</translation>
    </message>
    <message>
        <source>The run has written a newer checkpoint: compute the pairs again</source>
        <translation>运行已写入更新的检查点：重新计算样本对</translation>
    </message>
    <message>
        <source>Order of the images</source>
        <translation>图像顺序</translation>
    </message>
    <message>
        <source>Which features</source>
        <translation>用哪种特征</translation>
    </message>
    <message>
        <source>Other images</source>
        <translation>其他图像</translation>
    </message>
    <message>
        <source>Draw other images of the split, and other views</source>
        <translation>重新抽取该划分的其他图像和其他视图</translation>
    </message>
    <message>
        <source>Checkpoint of the encoder</source>
        <translation>编码器的检查点</translation>
    </message>
    <message>
        <source>Newer checkpoint</source>
        <translation>较新的检查点</translation>
    </message>
    <message>
        <source>untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>last checkpoint</source>
        <translation>最后的检查点</translation>
    </message>
    <message>
        <source>backbone&apos;s features</source>
        <translation>骨干网络的特征</translation>
    </message>
    <message>
        <source>projector&apos;s embedding</source>
        <translation>projector 的嵌入</translation>
    </message>
</context>
<context>
    <name>PairRow</name>
    <message>
        <source>View {0} of image {1} · cosine {2}</source>
        <translation>图像 {1} 的视图 {0} · 余弦 {2}</translation>
    </message>
</context>
<context>
    <name>PairRows</name>
    <message>
        <source>Hardest positives</source>
        <translation>最难的正样本对</translation>
    </message>
    <message>
        <source>{0} of the {1} most similar pairs of images are of one class; {2} of all pairs.</source>
        <translation>最相似的 {1} 对图像中有 {0} 属于同一类；所有图像对中为 {2}。</translation>
    </message>
    <message>
        <source>Likeliest false negatives</source>
        <translation>最可能的假负样本</translation>
    </message>
    <message>
        <source>Their crops overlap by {0} of their joint area (median); all pairs&apos; by {1}.</source>
        <translation>其裁剪的重叠与并集面积之比为 {0}（中位数）；所有样本对为 {1}。</translation>
    </message>
    <message>
        <source>The two views of an image whose features are least similar, lowest cosine first</source>
        <translation>特征最不相似的同一图像的两个视图，余弦最低的在前</translation>
    </message>
    <message>
        <source>Views of different images whose features are most similar, no image twice: a contrastive loss pushes them apart</source>
        <translation>特征最相似的不同图像的视图，每幅图像只出现一次：对比损失会把它们推开</translation>
    </message>
    <message>
        <source>Without classes it is unknown which of them are false negatives.</source>
        <translation>没有类别，无法知道其中哪些是假负样本。</translation>
    </message>
</context>
<context>
    <name>PairsPanel</name>
    <message>
        <source>Pairs</source>
        <translation>样本对</translation>
    </message>
    <message>
        <source>Similarity</source>
        <translation>相似度</translation>
    </message>
    <message>
        <source>Encoding…</source>
        <translation>正在编码…</translation>
    </message>
    <message>
        <source>Encoding… {0} %</source>
        <translation>正在编码… {0} %</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测量…</translation>
    </message>
    <message>
        <source>Measuring… {0} %</source>
        <translation>正在测量… {0} %</translation>
    </message>
    <message>
        <source>{0} images</source>
        <translation>{0} 张图像</translation>
    </message>
    <message>
        <source>Both views of image {0} · cosine {1}</source>
        <translation>图像 {0} 的两个视图 · 余弦 {1}</translation>
    </message>
    <message>
        <source>View 1 of {0} and view 2 of {1} · cosine {2}</source>
        <translation>图像 {0} 的视图 1 与图像 {1} 的视图 2 · 余弦 {2}</translation>
    </message>
    <message>
        <source>class {0}</source>
        <translation>类别 {0}</translation>
    </message>
    <message>
        <source>Strength against similarity</source>
        <translation>强度与相似度</translation>
    </message>
    <message>
        <source>Pick a run at the left.</source>
        <translation>请在左侧选择一个运行。</translation>
    </message>
    <message>
        <source>Pick a run at the left to see how similar two views are in its features.</source>
        <translation>在左侧选择一次运行，查看两个视图在其特征中有多相似。</translation>
    </message>
    <message>
        <source>Drawn with seed {0} and the run&apos;s own augmentation</source>
        <translation>以种子 {0} 和运行自己的增强抽取</translation>
    </message>
    <message>
        <source>Hardest pairs</source>
        <translation>最难的样本对</translation>
    </message>
</context>
<context>
    <name>PanelError</name>
    <message>
        <source>Error in this panel</source>
        <translation>此面板出错</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
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
    <name>PlacedCard</name>
    <message>
        <source>Placed images</source>
        <translation>放置的图像</translation>
    </message>
    <message>
        <source>Show the placed images on the map</source>
        <translation>在映射图上显示放置的图像</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove all placed images from the map; their files stay</source>
        <translation>从映射图上移除所有放置的图像；文件保留</translation>
    </message>
    <message>
        <source>They are placed as soon as there is a map.</source>
        <translation>有了映射图之后即会放置。</translation>
    </message>
    <message>
        <source>Placing… {0} %</source>
        <translation>正在放置… {0} %</translation>
    </message>
    <message>
        <source>Encoded by the run&apos;s encoder and placed among its samples.</source>
        <translation>由本次运行的编码器编码，并放置在其样本之间。</translation>
    </message>
    <message>
        <source>none on this map</source>
        <translation>不在此映射图上</translation>
    </message>
    <message>
        <source>{0} images</source>
        <translation>{0} 幅图像</translation>
    </message>
    <message>
        <source>1 image</source>
        <translation>1 幅图像</translation>
    </message>
    <message>
        <source>{0} % of their {1} nearest kept</source>
        <translation>{1} 个最近邻保留了 {0} %</translation>
    </message>
    <message>
        <source>the map&apos;s own samples {0} %</source>
        <translation>映射图自身的样本为 {0} %</translation>
    </message>
    <message>
        <source>the first {0} of {1}</source>
        <translation>{1} 幅中的前 {0} 幅</translation>
    </message>
    <message>
        <source>{0} files could not be read</source>
        <translation>{0} 个文件无法读取</translation>
    </message>
    <message>
        <source>Kept: the share of an image&apos;s nearest samples in the encoder&apos;s space that are among its nearest on the map. An image without samples like it is placed all the same: look at its neighbours.</source>
        <translation>保留：图像在编码器空间中的最近样本里，在映射图上也属于其最近样本的比例。没有相似样本的图像也会被放置：请看它的近邻。</translation>
    </message>
    <message>
        <source>placed</source>
        <translation>已放置</translation>
    </message>
    <message>
        <source>keeps {0} of its {1} nearest</source>
        <translation>{1} 个最近邻中保留 {0} 个</translation>
    </message>
</context>
<context>
    <name>PointMap</name>
    <message>
        <source>{0} points</source>
        <translation>{0} 个点</translation>
    </message>
    <message>
        <source>{0} classes</source>
        <translation>{0} 个类别</translation>
    </message>
    <message>
        <source>{0} selected</source>
        <translation>已选 {0} 个</translation>
    </message>
</context>
<context>
    <name>PredictionsDialog</name>
    <message>
        <source>Predictions of {0}</source>
        <translation>{0} 的预测</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Images, true and predicted</source>
        <translation>图像、真实与预测</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Figure of each class</source>
        <translation>每个类别的结果</translation>
    </message>
    <message>
        <source>This task has no pictures: the table has the figure of each column.</source>
        <translation>此任务没有图片：表中列出每一列的结果。</translation>
    </message>
    <message>
        <source>No predictions are stored with this run. Evaluate the part again to see some.</source>
        <translation>此运行没有保存预测。请重新评估该部分以查看。</translation>
    </message>
    <message>
        <source>{0} of the test images, evenly spaced</source>
        <translation>测试图像中均匀选取的 {0} 张</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>已训练</translation>
    </message>
    <message>
        <source>untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>boxes with a score of at least {0}, the highest where they overlap</source>
        <translation>得分不低于 {0} 的框，重叠处取最高者</translation>
    </message>
</context>
<context>
    <name>PresetMenu</name>
    <message>
        <source>Save as a preset…</source>
        <translation>另存为预设…</translation>
    </message>
    <message>
        <source>Delete a preset</source>
        <translation>删除预设</translation>
    </message>
    <message>
        <source>The paper&apos;s recipe</source>
        <translation>论文的配方</translation>
    </message>
    <message>
        <source>None here for this method: {0}.</source>
        <translation>此方法没有论文配方：{0}。</translation>
    </message>
    <message>
        <source>It needs {0}. Source: {1}</source>
        <translation>所需条件：{0}。来源：{1}</translation>
    </message>
    <message>
        <source>Save as a preset</source>
        <translation>另存为预设</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
</context>
<context>
    <name>Problems</name>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
</context>
<context>
    <name>Query</name>
    <message>
        <source>Write what to look for, like class = truck.</source>
        <translation>请写出要查找的内容，例如 class = truck。</translation>
    </message>
    <message>
        <source>No sample on this map is {0}.</source>
        <translation>此映射图上没有样本 {0}。</translation>
    </message>
    <message>
        <source>{0} is not computed yet: colour the map by it first.</source>
        <translation>{0} 尚未计算：请先用它为映射图着色。</translation>
    </message>
    <message>
        <source>There is no &apos;{0}&apos;. Known: {1}.</source>
        <translation>没有“{0}”。已知：{1}。</translation>
    </message>
    <message>
        <source>Write a value after {0} {1}</source>
        <translation>请在 {0} {1} 后写一个值</translation>
    </message>
    <message>
        <source>Known: {0}.</source>
        <translation>已知：{0}。</translation>
    </message>
    <message>
        <source>{0} has no {1}.</source>
        <translation>{0} 没有 {1}。</translation>
    </message>
    <message>
        <source>{0} is a number: compare it by =, !=, &lt;, &lt;=, &gt; or &gt;=.</source>
        <translation>{0} 是数字：请用 =、!=、&lt;、&lt;=、&gt; 或 &gt;= 比较。</translation>
    </message>
    <message>
        <source>What to find must be at most {0} characters. Got {1}. Look for less at once.</source>
        <translation>查找内容最多 {0} 个字符，现为 {1} 个。请缩小查找范围。</translation>
    </message>
    <message>
        <source>What to find must be at most {0} conditions. Got {1}. Look for less at once.</source>
        <translation>查找条件最多 {0} 个，现为 {1} 个。请减少条件。</translation>
    </message>
    <message>
        <source>{0} is a number. &apos;{1}&apos; is not a number.</source>
        <translation>{0} 是数值。“{1}”不是数值。</translation>
    </message>
    <message>
        <source>{0} is not a number: compare it by =, != or ~.</source>
        <translation>{0} 不是数值：请用 =、!= 或 ~ 比较。</translation>
    </message>
    <message>
        <source>No class, file or tag contains &apos;{0}&apos;. To compare: {1}, as in index &lt; 500.</source>
        <translation>没有类别、文件或标签包含“{0}”。可比较：{1}，例如 index &lt; 500。</translation>
    </message>
    <message>
        <source>The images of these data have no captions.</source>
        <translation>这些数据的图像没有说明文字。</translation>
    </message>
    <message>
        <source>No caption of a sample on this map contains &apos;{0}&apos;.</source>
        <translation>此图上没有样本的说明文字包含“{0}”。</translation>
    </message>
    <message>
        <source>No caption of a sample on this map is &apos;{0}&apos;. To find words in captions: caption ~ words.</source>
        <translation>此图上没有样本的说明文字为“{0}”。在说明文字中查找词语：caption ~ 词语。</translation>
    </message>
    <message>
        <source>Every sample on this map that has captions has the caption &apos;{0}&apos;.</source>
        <translation>此图上凡有说明文字的样本都有说明文字“{0}”。</translation>
    </message>
    <message>
        <source>To find words in captions: caption ~ words.</source>
        <translation>在说明文字中查找词语：caption ~ 词语。</translation>
    </message>
</context>
<context>
    <name>Queue</name>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>约 {0}</translation>
    </message>
    <message>
        <source>time unknown</source>
        <translation>时间未知</translation>
    </message>
    <message>
        <source>is edited in Prepare</source>
        <translation>正在“准备”中编辑</translation>
    </message>
    <message>
        <source>waits until the queue is started</source>
        <translation>等待队列启动</translation>
    </message>
    <message>
        <source>at least {0}</source>
        <translation>至少 {0}</translation>
    </message>
    <message>
        <source>Expected time: {0}</source>
        <translation>预计时间：{0}</translation>
    </message>
</context>
<context>
    <name>QueueCard</name>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Runs in the queue</source>
        <translation>队列中的运行</translation>
    </message>
    <message>
        <source>One entry is edited in Prepare: Start puts it back.</source>
        <translation>正在“准备”中编辑一项：点击“开始”即放回队列。</translation>
    </message>
    <message>
        <source>Cancel editing</source>
        <translation>取消编辑</translation>
    </message>
    <message>
        <source>Start the queue</source>
        <translation>启动队列</translation>
    </message>
    <message>
        <source>Train these runs one after another</source>
        <translation>依次训练这些运行</translation>
    </message>
    <message>
        <source>Stop all</source>
        <translation>全部停止</translation>
    </message>
    <message>
        <source>Stop the current run after its step, with a checkpoint, and keep the queue. Start the queue to go on.</source>
        <translation>当前运行在这一步之后停止并保存检查点，队列保留。要继续，请启动队列。</translation>
    </message>
    <message>
        <source>Expected time until the queue is done, with the rest of the run that trains: from past runs with the same settings, else from the measurement in Prepare. Without either it is unknown.</source>
        <translation>队列全部完成的预计时间，含正在训练的运行的剩余时间：取自设置相同的以往运行，否则取自“准备”中的测速；两者皆无则未知。</translation>
    </message>
    <message>
        <source>To the top</source>
        <translation>移到最前</translation>
    </message>
    <message>
        <source>Up (Alt+↑)</source>
        <translation>上移 (Alt+↑)</translation>
    </message>
    <message>
        <source>Down (Alt+↓)</source>
        <translation>下移 (Alt+↓)</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>移到最后</translation>
    </message>
    <message>
        <source>Edit in Prepare (Enter)</source>
        <translation>在“准备”中编辑 (Enter)</translation>
    </message>
    <message>
        <source>Remove (Del)</source>
        <translation>移除 (Del)</translation>
    </message>
    <message>
        <source>Remove all</source>
        <translation>全部移除</translation>
    </message>
</context>
<context>
    <name>Remote</name>
    <message>
        <source>This is not available for runs on another machine yet: use the window there.</source>
        <translation>另一台机器上的运行还不能这样做：请在那台机器上使用本窗口。</translation>
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
    <name>RowsExport</name>
    <message>
        <source>Export samples</source>
        <translation>导出样本</translation>
    </message>
    <message>
        <source>Writing {0}…</source>
        <translation>正在写入 {0}…</translation>
    </message>
    <message>
        <source>Writing {0}… {1} %</source>
        <translation>正在写入 {0}… {1} %</translation>
    </message>
    <message>
        <source>Copied the indices of {0} samples</source>
        <translation>已复制 {0} 个样本的索引</translation>
    </message>
    <message>
        <source>Wrote {0} samples with {1} features of the backbone each to {2} ({3} MB)</source>
        <translation>已将 {0} 个样本（每个含 {1} 个骨干网络特征）写入 {2}（{3} MB）</translation>
    </message>
    <message>
        <source>Wrote {0} samples to {2} ({3} MB)</source>
        <translation>已将 {0} 个样本写入 {2}（{3} MB）</translation>
    </message>
</context>
<context>
    <name>RunActions</name>
    <message>
        <source>Remove from the queue</source>
        <translation>移出队列</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Train longer…</source>
        <translation>延长训练…</translation>
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
        <source>Export…</source>
        <translation>导出…</translation>
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
        <source>Log</source>
        <translation>日志</translation>
    </message>
</context>
<context>
    <name>RunEditor</name>
    <message>
        <source>Choose the folder of a run</source>
        <translation>选择一次运行的文件夹</translation>
    </message>
    <message>
        <source>Choose a run</source>
        <translation>选择一次运行</translation>
    </message>
    <message>
        <source>No run is there yet</source>
        <translation>还没有运行</translation>
    </message>
</context>
<context>
    <name>RunsModel</name>
    <message>
        <source>Last {0}</source>
        <translation>最新 {0}</translation>
    </message>
    <message>
        <source>Test {0}</source>
        <translation>测试 {0}</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>星标</translation>
    </message>
    <message>
        <source>In the plots</source>
        <translation>在图中</translation>
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
        <source>Tags</source>
        <translation>标签</translation>
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
    <message>
        <source>Gain</source>
        <translation>增益</translation>
    </message>
</context>
<context>
    <name>RunsOrder</name>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>without a tag</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>1 run</source>
        <translation>1 个运行</translation>
    </message>
    <message>
        <source>{0} runs</source>
        <translation>{0} 个运行</translation>
    </message>
    <message>
        <source>best kNN {0}</source>
        <translation>最佳 kNN {0}</translation>
    </message>
    <message>
        <source>settings not known</source>
        <translation>设置未知</translation>
    </message>
    <message>
        <source>{0} seeds</source>
        <translation>{0} 个种子</translation>
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
        <source>No run matches this filter. Clear the filter to see all {0}.</source>
        <translation>没有符合此筛选的运行。清除筛选即可查看全部 {0} 个。</translation>
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
        <source>Show only this in the plots</source>
        <translation>在图中只显示此项</translation>
    </message>
    <message>
        <source>Unfold the list of runs (Ctrl+B)</source>
        <translation>展开运行列表 (Ctrl+B)</translation>
    </message>
    <message>
        <source>Fold the list of runs (Ctrl+B)</source>
        <translation>折叠运行列表 (Ctrl+B)</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Colour {0}</source>
        <translation>颜色 {0}</translation>
    </message>
</context>
<context>
    <name>RunsTable</name>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>All runs</source>
        <translation>所有运行</translation>
    </message>
    <message>
        <source>Filter: words, method:simclr, knn&gt;0.4, tag:probe…</source>
        <translation>筛选：词、method:simclr、knn&gt;0.4、tag:probe…</translation>
    </message>
    <message>
        <source>Only runs with a star</source>
        <translation>只看有星标的运行</translation>
    </message>
    <message>
        <source>Show only runs with a star. A click on the star in the table, or the key S, sets it.</source>
        <translation>只显示有星标的运行。点击表格中的星标或按 S 键来设置。</translation>
    </message>
    <message>
        <source>Group by</source>
        <translation>分组依据</translation>
    </message>
    <message>
        <source>By method</source>
        <translation>按方法</translation>
    </message>
    <message>
        <source>By data</source>
        <translation>按数据</translation>
    </message>
    <message>
        <source>By tag</source>
        <translation>按标签</translation>
    </message>
    <message>
        <source>Not grouped</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Evaluate…</source>
        <translation>评估…</translation>
    </message>
    <message>
        <source>Evaluate the chosen runs, or all that are shown, one after another</source>
        <translation>依次评估选中的运行，或所有显示的运行</translation>
    </message>
    <message>
        <source>Table of runs</source>
        <translation>运行表格</translation>
    </message>
    <message>
        <source>Choose a run to see it. Choose two or more, with Ctrl or Shift, to see where they differ.</source>
        <translation>选择一个运行以查看它。按住 Ctrl 或 Shift 选择两个或更多，查看它们的差异。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the table as Markdown</source>
        <translation>将表格复制为 Markdown</translation>
    </message>
    <message>
        <source>Show in the curves</source>
        <translation>在曲线中显示</translation>
    </message>
    <message>
        <source>Show only these runs in the curves, and go there</source>
        <translation>在曲线中只显示这些运行，并转到曲线</translation>
    </message>
    <message>
        <source>These are too many for the curves: choose at most {0}.</source>
        <translation>对曲线来说太多了：最多选择 {0} 个。</translation>
    </message>
    <message>
        <source>the first {0} of {1} runs</source>
        <translation>{1} 个运行中的前 {0} 个</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>No run matches this filter. Clear it to see all {0}.</source>
        <translation>没有符合此筛选的运行。清除它即可查看全部 {0} 个。</translation>
    </message>
    <message>
        <source>No runs yet. Train one in Prepare: it appears here while it runs and stays when it is done.</source>
        <translation>还没有运行。请在“准备”中训练一个：运行时会显示在这里，完成后也会保留。</translation>
    </message>
    <message>
        <source>Show only these in the curves</source>
        <translation>在曲线中只显示这些</translation>
    </message>
    <message>
        <source>Show only this in the curves</source>
        <translation>在曲线中只显示此项</translation>
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
        <source>Remove the star</source>
        <translation>取消星标</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>星标</translation>
    </message>
    <message>
        <source>Copy the difference as Markdown</source>
        <translation>将差异复制为 Markdown</translation>
    </message>
    <message>
        <source>Chosen run</source>
        <translation>选中的运行</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>By seed</source>
        <translation>按种子</translation>
    </message>
    <message>
        <source>Runs that are equal but for the seed, with mean ± standard deviation</source>
        <translation>仅种子不同的运行，附均值 ± 标准差</translation>
    </message>
</context>
<context>
    <name>RunsView</name>
    <message>
        <source>Figures</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>Settings: {0}</source>
        <translation>设置：{0}</translation>
    </message>
</context>
<context>
    <name>SampleCommands</name>
    <message>
        <source>Find: class = car and index &lt; 500   /</source>
        <translation>查找：class = car and index &lt; 500   /</translation>
    </message>
    <message>
        <source>Find samples</source>
        <translation>查找样本</translation>
    </message>
    <message>
        <source>Undo the last change of selection or tags</source>
        <translation>撤销上一次选择或标签的更改</translation>
    </message>
    <message>
        <source>Redo the change of selection or tags</source>
        <translation>重做选择或标签的更改</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>反选</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Selected samples…</source>
        <translation>已选样本…</translation>
    </message>
    <message>
        <source>All samples on the map…</source>
        <translation>映射图上的所有样本…</translation>
    </message>
    <message>
        <source>With features</source>
        <translation>含特征</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>All visible samples</source>
        <translation>所有可见样本</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>Copy indices of the selected samples</source>
        <translation>复制所选样本的索引</translation>
    </message>
    <message>
        <source>Selects samples by a query. A class, a file or a tag, or a part of its name: truck
A comparison: size &gt; 0.5, class = truck, tag != odd, file ~ img_07 (~ means contains)
Words in captions: caption ~ red circle
An index in the data set: #1234. Several conditions: size &gt; 0.5 and class = truck</source>
        <translation>按查询选择样本。类别、文件或标签，或其名称的一部分：truck
比较：size &gt; 0.5、class = truck、tag != odd、file ~ img_07（~ 表示包含）
说明文字中的词语：caption ~ red circle
数据集中的序号：#1234。多个条件：size &gt; 0.5 and class = truck</translation>
    </message>
</context>
<context>
    <name>SampleCount</name>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>How many samples are mapped</source>
        <translation>映射图上有多少样本</translation>
    </message>
    <message>
        <source>all {0}</source>
        <translation>全部 {0}</translation>
    </message>
    <message>
        <source>{0} (encode {1} more images)</source>
        <translation>{0}（再编码 {1} 幅图像）</translation>
    </message>
    <message>
        <source>More than the {0} samples that the run stored are encoded by its checkpoint, and kept with the run.</source>
        <translation>超出运行所存 {0} 个样本的部分由其检查点编码，并随运行保存。</translation>
    </message>
    <message>
        <source>How many samples are mapped: {0} of {1}</source>
        <translation>映射图上的样本数：{0} / {1}</translation>
    </message>
    <message>
        <source>Encoding… {0} %</source>
        <translation>正在编码… {0} %</translation>
    </message>
</context>
<context>
    <name>SamplesCard</name>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>neighbours</source>
        <translation>近邻</translation>
    </message>
    <message>
        <source>Selected images</source>
        <translation>已选图像</translation>
    </message>
    <message>
        <source>Draw a rectangle or a lasso on the map, or search above.
Shift adds, Alt takes away.</source>
        <translation>在映射图上画矩形或套索，或在上方用词查找。
Shift 添加，Alt 去除。</translation>
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
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>no tag</source>
        <translation>无标签</translation>
    </message>
    <message>
        <source>No sample matches.</source>
        <translation>没有匹配的样本。</translation>
    </message>
    <message>
        <source>{0} more are selected that are not on this map</source>
        <translation>另有 {0} 个已选样本不在此映射图上</translation>
    </message>
    <message>
        <source>{0} of {1} selected</source>
        <translation>已选 {0} / {1}</translation>
    </message>
    <message>
        <source>{0}: {1} %</source>
        <translation>{0}：{1} %</translation>
    </message>
    <message>
        <source>Searching captions…</source>
        <translation>正在搜索说明文字…</translation>
    </message>
    <message>
        <source>Searching captions… {0} %</source>
        <translation>正在搜索说明文字… {0} %</translation>
    </message>
</context>
<context>
    <name>Saving</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>{0} is there already. Replace it?</source>
        <translation>{0} 已存在。要替换吗？</translation>
    </message>
    <message>
        <source>Replace the file</source>
        <translation>替换文件</translation>
    </message>
</context>
<context>
    <name>ScatterPlot</name>
    <message>
        <source>Map</source>
        <translation>映射图</translation>
    </message>
    <message>
        <source>Arrows move the map, plus and minus zoom, Home shows all. Enter picks the point in the middle and opens the marked one, Alt and arrows go to the next point, Space selects it. Shift and arrows draw a rectangle, Enter selects what is in it. Control and A select all in view, Escape selects nothing.</source>
        <translation>方向键移动映射图，加号和减号缩放，Home 显示全部。Enter 选取中间的点并打开已标记的点，Alt 加方向键前往下一个点，空格键选中它。Shift 加方向键画矩形，Enter 选中其中的点。Ctrl 加 A 选中视野内的全部，Esc 取消选择。</translation>
    </message>
    <message>
        <source>Place on the map: {0}</source>
        <translation>放到映射图上：{0}</translation>
    </message>
</context>
<context>
    <name>Search</name>
    <message>
        <source>Default recipe</source>
        <translation>默认配方</translation>
    </message>
    <message>
        <source>Random search</source>
        <translation>随机搜索</translation>
    </message>
    <message>
        <source>CMA-ES</source>
        <translation>CMA-ES</translation>
    </message>
    <message>
        <source>Bandit UCB1</source>
        <translation>多臂老虎机 UCB1</translation>
    </message>
    <message>
        <source>Bandit Exp3</source>
        <translation>多臂老虎机 Exp3</translation>
    </message>
    <message>
        <source>kNN</source>
        <translation>kNN</translation>
    </message>
    <message>
        <source>RankMe</source>
        <translation>RankMe</translation>
    </message>
    <message>
        <source>the method&apos;s own task</source>
        <translation>方法自身的任务</translation>
    </message>
    <message>
        <source>linear probe of rotation</source>
        <translation>旋转的线性探测</translation>
    </message>
</context>
<context>
    <name>SearchDialog</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Augmentation, all strengths</source>
        <translation>数据增强，全部强度</translation>
    </message>
    <message>
        <source>Searched together: {0}.</source>
        <translation>一起搜索：{0}。</translation>
    </message>
    <message>
        <source>Short runs are proposed, trained and rewarded, one after another; each proposal learns from the rewards before it. Bounds are typed as 0..0.5, or 1e-4..1e-1 log; values to choose from with commas.</source>
        <translation>短时运行逐个被提出、训练并得到奖励；每个提议都利用之前的奖励。范围写作 0..0.5 或 1e-4..1e-1 log；可选的值用逗号分隔。</translation>
    </message>
    <message>
        <source>Another setting</source>
        <translation>另一项设置</translation>
    </message>
    <message>
        <source>Proposed by</source>
        <translation>提议方式</translation>
    </message>
    <message>
        <source>Rewarded for</source>
        <translation>奖励依据</translation>
    </message>
    <message>
        <source>Runs of the proposer</source>
        <translation>提议方式的运行数</translation>
    </message>
    <message>
        <source>Seed of the proposals</source>
        <translation>提议的随机种子</translation>
    </message>
    <message>
        <source>A random search of as many runs beside it</source>
        <translation>同时进行运行数相同的随机搜索</translation>
    </message>
    <message>
        <source>Without it nothing says whether the proposals were better than draws at random.</source>
        <translation>没有它，就无法知道提议是否优于随机抽取。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>New search</source>
        <translation>新搜索</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>CMA-ES (settings with bounds)</source>
        <translation>CMA-ES（有范围的设置）</translation>
    </message>
    <message>
        <source>Moves a normal distribution to what was rewarded.</source>
        <translation>把正态分布移向得到奖励的设置。</translation>
    </message>
    <message>
        <source>Bandit UCB1 (values to choose from)</source>
        <translation>多臂老虎机 UCB1（可选的值）</translation>
    </message>
    <message>
        <source>Tries what did best, or what was seldom tried.</source>
        <translation>尝试效果最好的，或很少尝试的。</translation>
    </message>
    <message>
        <source>Bandit Exp3 (values to choose from)</source>
        <translation>多臂老虎机 Exp3（可选的值）</translation>
    </message>
    <message>
        <source>Draws more often what was rewarded.</source>
        <translation>更常抽取得到奖励的。</translation>
    </message>
    <message>
        <source>Random (both)</source>
        <translation>随机（两者皆可）</translation>
    </message>
    <message>
        <source>Draws settings at random.</source>
        <translation>随机抽取设置。</translation>
    </message>
    <message>
        <source>kNN on validation images, with labels</source>
        <translation>验证图像上的 kNN，使用标签</translation>
    </message>
    <message>
        <source>RankMe, without labels</source>
        <translation>RankMe，不使用标签</translation>
    </message>
    <message>
        <source>The method&apos;s own task, without labels</source>
        <translation>方法自身的任务，不使用标签</translation>
    </message>
    <message>
        <source>Linear probe of rotation, without labels</source>
        <translation>旋转的线性探测，不使用标签</translation>
    </message>
    <message>
        <source>It uses the labels of the validation images: not a search without labels.</source>
        <translation>使用验证图像的标签：不是无标签的搜索。</translation>
    </message>
    <message>
        <source>The effective rank of the features of validation images (2210.02885).</source>
        <translation>验证图像特征的有效秩（2210.02885）。</translation>
    </message>
    <message>
        <source>Views that make the task easier are rewarded, too.</source>
        <translation>使任务变容易的视图也会得到奖励。</translation>
    </message>
    <message>
        <source>How well a quarter turn can be read from the features (2009.07724).</source>
        <translation>能从特征中读出四分之一转的程度（2009.07724）。</translation>
    </message>
    <message>
        <source>{0} strengths, each from none to strong</source>
        <translation>{0} 项强度，各从无到强</translation>
    </message>
    <message>
        <source>Choose a setting, and type its bounds.</source>
        <translation>请选择一项设置，并输入其范围。</translation>
    </message>
    <message>
        <source>checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>{0} runs, one after another: about {1} in all.</source>
        <translation>{0} 个运行，逐个进行：共约 {1}。</translation>
    </message>
    <message>
        <source>{0} runs, one after another. How long they take is known after a dry run in Prepare.</source>
        <translation>{0} 个运行，逐个进行。在“准备”中试运行之后即可知道所需时间。</translation>
    </message>
    <message>
        <source>Setting of the search</source>
        <translation>搜索的设置</translation>
    </message>
    <message>
        <source>Its bounds or values</source>
        <translation>其范围或值</translation>
    </message>
</context>
<context>
    <name>SearchResults</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>The best of each proposer</source>
        <translation>每种提议方式的最佳结果</translation>
    </message>
    <message>
        <source>Regret after each run: how far the best reward so far is below the best of the whole search</source>
        <translation>每次运行后的遗憾值：目前最佳奖励比整个搜索的最佳奖励低多少</translation>
    </message>
    <message>
        <source>Regret</source>
        <translation>遗憾值</translation>
    </message>
    <message>
        <source>There is no search yet. Begin one in the other tab; what it finds is shown here.</source>
        <translation>还没有搜索。请在另一个标签页中开始；其结果显示在这里。</translation>
    </message>
    <message>
        <source>uses validation labels</source>
        <translation>使用验证标签</translation>
    </message>
    <message>
        <source>uses no labels</source>
        <translation>不使用标签</translation>
    </message>
    <message>
        <source>{0} of {1} runs have ended. Reward: {2}, {3}.</source>
        <translation>{1} 个运行中已结束 {0} 个。奖励：{2}，{3}。</translation>
    </message>
    <message>
        <source>{0} failed.</source>
        <translation>{0} 次失败。</translation>
    </message>
    <message>
        <source>Proposed by</source>
        <translation>提议方式</translation>
    </message>
    <message>
        <source>Reward</source>
        <translation>奖励</translation>
    </message>
    <message>
        <source>Test kNN</source>
        <translation>测试 kNN</translation>
    </message>
</context>
<context>
    <name>SelectedCard</name>
    <message>
        <source>Selected</source>
        <translation>已选</translation>
    </message>
    <message>
        <source>Selected images</source>
        <translation>已选图像</translation>
    </message>
    <message>
        <source>Draw a rectangle or a lasso on a map, or press “Moved most”.</source>
        <translation>在映射图上画矩形或套索，或按“变动最大”。</translation>
    </message>
    <message>
        <source>Moved most</source>
        <translation>变动最大</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Select nothing (Escape on a map)</source>
        <translation>全部不选（在映射图上按 Esc）</translation>
    </message>
    <message>
        <source>Select nothing</source>
        <translation>全部不选</translation>
    </message>
    <message>
        <source>{0} of its {1} nearest are the same in both spaces</source>
        <translation>{1} 个最近邻中有 {0} 个在两个空间中相同</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>Below each image: how many of its nearest samples are the same in both spaces</source>
        <translation>每张图像下方：有多少个最近邻在两个空间中相同</translation>
    </message>
    <message>
        <source>Select the {0} samples with the fewest nearest neighbours in common between the two spaces</source>
        <translation>选择在两个空间中共同最近邻最少的 {0} 个样本</translation>
    </message>
    <message>
        <source>{0}, fewest neighbours kept first</source>
        <translation>{0} 个，保留近邻最少的在前</translation>
    </message>
</context>
<context>
    <name>Selection</name>
    <message>
        <source>selection</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>none</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>inverted</source>
        <translation>反选</translation>
    </message>
</context>
<context>
    <name>SettingRows</name>
    <message>
        <source>Remove this setting</source>
        <translation>移除此设置</translation>
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
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Train with these settings (Ctrl+Return)</source>
        <translation>用这些设置训练 (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Sweep…</source>
        <translation>参数扫描…</translation>
    </message>
    <message>
        <source>Several runs: a few settings with several values each, or several seeds</source>
        <translation>多个运行：几项设置各取多个值，或多个种子</translation>
    </message>
    <message>
        <source>Reset everything</source>
        <translation>全部重置</translation>
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
        <source>1 problem</source>
        <translation>1 个问题</translation>
    </message>
    <message>
        <source>{0} problems</source>
        <translation>{0} 个问题</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Preset {0}</source>
        <translation>预设 {0}</translation>
    </message>
    <message>
        <source>All settings</source>
        <translation>全部设置</translation>
    </message>
    <message>
        <source>Undone: {0}</source>
        <translation>已撤销：{0}</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>没有可撤销的更改。</translation>
    </message>
    <message>
        <source>Done again: {0}</source>
        <translation>已重做：{0}</translation>
    </message>
    <message>
        <source>There is nothing to do again.</source>
        <translation>没有可重做的更改。</translation>
    </message>
    <message>
        <source>Settings of another run</source>
        <translation>另一次运行的设置</translation>
    </message>
</context>
<context>
    <name>SeveralDialog</name>
    <message>
        <source>Evaluate several runs</source>
        <translation>评估多个运行</translation>
    </message>
    <message>
        <source>Which runs</source>
        <translation>哪些运行</translation>
    </message>
    <message>
        <source>the chosen runs: {0}</source>
        <translation>选中的运行：{0}</translation>
    </message>
    <message>
        <source>all runs that the table shows: {0}</source>
        <translation>表中显示的所有运行：{0}</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Measure again what is already measured of the same checkpoint</source>
        <translation>重新测量同一检查点已保存的结果</translation>
    </message>
    <message>
        <source>Plan for each run</source>
        <translation>对每个运行的安排</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>no checkpoint yet</source>
        <translation>还没有检查点</translation>
    </message>
    <message>
        <source>… and {0} more</source>
        <translation>… 以及另外 {0} 个</translation>
    </message>
    <message>
        <source>Evaluate {0} runs</source>
        <translation>评估 {0} 个运行</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>{0}: left out, {1}</source>
        <translation>{0}：略过，{1}</translation>
    </message>
    <message>
        <source>{0}: already evaluated</source>
        <translation>{0}：已评估</translation>
    </message>
    <message>
        <source>Reading stored results…</source>
        <translation>正在读取已存的结果…</translation>
    </message>
    <message>
        <source>Tick what to measure.</source>
        <translation>请勾选要测量的内容。</translation>
    </message>
    <message>
        <source>{0} of {1} runs, one after another</source>
        <translation>{1} 个运行中的 {0} 个，依次进行</translation>
    </message>
    <message>
        <source>estimating the duration, {0} %</source>
        <translation>正在估计所需时间，{0} %</translation>
    </message>
    <message>
        <source>{0} on {1}</source>
        <translation>{0}，在 {1} 上</translation>
    </message>
    <message>
        <source>already evaluated at the same checkpoint: {0}</source>
        <translation>同一检查点的相同部分已评估：{0}</translation>
    </message>
    <message>
        <source>left out: {0}</source>
        <translation>略过：{0}</translation>
    </message>
    <message>
        <source>The duration cannot be estimated: {0}</source>
        <translation>无法估计所需时间：{0}</translation>
    </message>
    <message>
        <source>A run is training in this window: the evaluation has lower priority and takes longer.</source>
        <translation>此窗口中正在训练：评估的优先级较低，耗时更长。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}：{1}</translation>
    </message>
</context>
<context>
    <name>SeveralStrip</name>
    <message>
        <source>Evaluation of several runs</source>
        <translation>多个运行的评估</translation>
    </message>
    <message>
        <source>Progress of all runs</source>
        <translation>所有运行的进度</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>全部取消</translation>
    </message>
    <message>
        <source>Evaluate no further run; results that are complete are kept</source>
        <translation>不再继续；已完成的数值保留</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>… and {0} more</source>
        <translation>… 以及另外 {0} 个</translation>
    </message>
    <message>
        <source>{0} runs wait for the evaluation in progress.</source>
        <translation>{0} 个运行在等待正在进行的评估。</translation>
    </message>
    <message>
        <source>Run {0} of {1}: {2}</source>
        <translation>运行 {0} / {1}：{2}</translation>
    </message>
    <message>
        <source>{0} left for all</source>
        <translation>全部还需 {0}</translation>
    </message>
    <message>
        <source>Evaluated: {0} of {1} runs</source>
        <translation>已评估：{1} 个运行中的 {0} 个</translation>
    </message>
    <message>
        <source>Cancelled; evaluated: {0} runs. Their results are kept.</source>
        <translation>已取消；已评估 {0} 个运行。已完成的保留。</translation>
    </message>
    <message>
        <source>not completed: {0}</source>
        <translation>未完成：{0}</translation>
    </message>
</context>
<context>
    <name>Side</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空间</translation>
    </message>
    <message>
        <source>Kind of map</source>
        <translation>映射图类型</translation>
    </message>
    <message>
        <source>backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>projector</source>
        <translation>projector</translation>
    </message>
    <message>
        <source>The features of the backbone, or the embedding of the projector, on which the loss acts</source>
        <translation>骨干网络的特征，或损失所作用的 projector 嵌入</translation>
    </message>
    <message>
        <source>Progress of the map</source>
        <translation>映射图的进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>No checkpoint was kept of this epoch: its projector is not known</source>
        <translation>此轮没有保留检查点：其 projector 未知</translation>
    </message>
    <message>
        <source>The projector is known where a checkpoint was kept: epochs {0}. train.keep says how many a new run keeps.</source>
        <translation>保留了检查点的轮才知道 projector：第 {0} 轮。train.keep 决定新运行保留多少个。</translation>
    </message>
    <message>
        <source>{0} {1} %</source>
        <translation>{0} {1} %</translation>
    </message>
    <message>
        <source>Encoding… {0} %</source>
        <translation>正在编码… {0} %</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>trustworthiness {0}</source>
        <translation>可信度 {0}</translation>
    </message>
    <message>
        <source>projector of epoch {0}</source>
        <translation>第 {0} 轮的 projector</translation>
    </message>
    <message>
        <source>Making the map…</source>
        <translation>正在生成映射图…</translation>
    </message>
    <message>
        <source>Both maps would show the same space. Choose another run, epoch or space.</source>
        <translation>两张地图将显示同一空间。请选择其他运行、轮次或空间。</translation>
    </message>
    <message>
        <source>Stay with the PCA</source>
        <translation>停留在 PCA</translation>
    </message>
    <message>
        <source>Pick a run at the left to compare two of its spaces here.</source>
        <translation>在左侧选择一次运行，在此比较它的两个空间。</translation>
    </message>
    <message>
        <source>This run has only one snapshot, and the left map shows it: there is nothing to compare it with. Wait for the next snapshot, or choose another run.</source>
        <translation>本次运行只有一份快照，左图已显示它：没有可比较的对象。请等待下一份快照，或选择另一次运行。</translation>
    </message>
    <message>
        <source>This run has no snapshot yet. The first one is written at its first validation.</source>
        <translation>本次运行还没有快照。第一份快照在首次验证时写入。</translation>
    </message>
</context>
<context>
    <name>SortButton</name>
    <message>
        <source>The order of the selected images</source>
        <translation>所选图像的顺序</translation>
    </message>
    <message>
        <source>As in the data</source>
        <translation>按数据中的顺序</translation>
    </message>
    <message>
        <source>Highest first</source>
        <translation>从高到低</translation>
    </message>
    <message>
        <source>Lowest first</source>
        <translation>从低到高</translation>
    </message>
    <message>
        <source>Order: {0}</source>
        <translation>顺序：{0}</translation>
    </message>
</context>
<context>
    <name>StrengthPage</name>
    <message>
        <source>Operation</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Crop: share of the area left out</source>
        <translation>裁剪：去掉的面积比例</translation>
    </message>
    <message>
        <source>Brightness: relative change</source>
        <translation>亮度：相对变化</translation>
    </message>
    <message>
        <source>Contrast: relative change</source>
        <translation>对比度：相对变化</translation>
    </message>
    <message>
        <source>Saturation: relative change</source>
        <translation>饱和度：相对变化</translation>
    </message>
    <message>
        <source>Hue: share of the circle</source>
        <translation>色相：整圈的比例</translation>
    </message>
    <message>
        <source>Rotation: degrees</source>
        <translation>旋转：度数</translation>
    </message>
    <message>
        <source>Flip: on or off</source>
        <translation>翻转：开或关</translation>
    </message>
    <message>
        <source>Grayscale: on or off</source>
        <translation>灰度：开或关</translation>
    </message>
    <message>
        <source>Solarize: on or off</source>
        <translation>曝光反转：开或关</translation>
    </message>
    <message>
        <source>Erased rectangle: on or off</source>
        <translation>擦除矩形：开或关</translation>
    </message>
    <message>
        <source>Too easy: {0}.</source>
        <translation>太容易：{0}。</translation>
    </message>
    <message>
        <source>Destroys the content: {0}.</source>
        <translation>破坏内容：{0}。</translation>
    </message>
    <message>
        <source>nowhere</source>
        <translation>无</translation>
    </message>
    <message>
        <source>It destroys the content.</source>
        <translation>它破坏内容。</translation>
    </message>
    <message>
        <source>This run does not use it.</source>
        <translation>此运行不使用它。</translation>
    </message>
    <message>
        <source>Blur: sigma in px</source>
        <translation>模糊：sigma，单位 px</translation>
    </message>
    <message>
        <source>Cosine of an image and its view over the strength</source>
        <translation>图像与其视图的余弦随强度的变化</translation>
    </message>
    <message>
        <source>Mean cosine of {0} images to their unchanged originals; band: the middle 80 %. Too easy: above {1}. Destroys the content: below {2}; 95 % of pairs of different images, unchanged, have a lower cosine.</source>
        <translation>{0} 幅图像与其未改变的原图的平均余弦；色带：中间 80 %。过于容易：高于 {1}。破坏内容：低于 {2}；95 % 的不同图像对（未改变）的余弦更低。</translation>
    </message>
    <message>
        <source>This run uses up to {0} (dotted line).</source>
        <translation>本次运行最多使用到 {0}（点线）。</translation>
    </message>
    <message>
        <source>A flip lowers the cosine by {0}</source>
        <translation>翻转使余弦降低 {0}</translation>
    </message>
    <message>
        <source>Grayscale lowers the cosine by {0}</source>
        <translation>灰度化使余弦降低 {0}</translation>
    </message>
    <message>
        <source>Solarizing lowers the cosine by {0}</source>
        <translation>曝光反转使余弦降低 {0}</translation>
    </message>
    <message>
        <source>An erased rectangle lowers the cosine by {0}</source>
        <translation>擦除矩形使余弦降低 {0}</translation>
    </message>
    <message>
        <source>{0}, to a mean of {1}; the middle 80 % of the images: {2} to {3}.</source>
        <translation>{0}，平均为 {1}；中间 80 % 的图像：{2} 到 {3}。</translation>
    </message>
    <message>
        <source>Too easy: the cosine hardly changes.</source>
        <translation>过于容易：余弦几乎不变。</translation>
    </message>
    <message>
        <source>This run applies it to {0} of its views.</source>
        <translation>本次运行对 {0} 的视图使用它。</translation>
    </message>
</context>
<context>
    <name>StrengthPlot</name>
    <message>
        <source>too easy</source>
        <translation>太容易</translation>
    </message>
    <message>
        <source>destroys the content</source>
        <translation>破坏内容</translation>
    </message>
    <message>
        <source>without</source>
        <translation>无</translation>
    </message>
    <message>
        <source>with</source>
        <translation>有</translation>
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
        <source>Copy these views</source>
        <translation>复制这些视图</translation>
    </message>
    <message>
        <source>Copy as YAML</source>
        <translation>复制为 YAML</translation>
    </message>
    <message>
        <source>Copy as torchvision v2 code</source>
        <translation>复制为 torchvision v2 代码</translation>
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
    <name>SuggestedSelections</name>
    <message>
        <source>Near-duplicates</source>
        <translation>近似重复</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群样本</translation>
    </message>
    <message>
        <source>Neighbours of another class</source>
        <translation>近邻属于其他类别</translation>
    </message>
    <message>
        <source>Most changed neighbours</source>
        <translation>近邻变化最多</translation>
    </message>
    <message>
        <source>Highest loss</source>
        <translation>损失最高</translation>
    </message>
    <message>
        <source>Views that agree least</source>
        <translation>视图一致性最低</translation>
    </message>
    <message>
        <source>Samples whose neighbours are mostly of one other class: wrong labels, or hard ones</source>
        <translation>近邻大多属于另一个类别的样本：标注错误，或难样本</translation>
    </message>
    <message>
        <source>Samples with the largest part of the loss: what the method finds hard. Takes a while the first time</source>
        <translation>所占损失最大的样本：方法认为困难的样本。第一次需要一些时间</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Searching… {0} %</source>
        <translation>正在查找… {0} %</translation>
    </message>
    <message>
        <source>No near-duplicates: no two samples have a cosine of {0} or more</source>
        <translation>没有近似重复：没有两个样本的余弦达到 {0}</translation>
    </message>
    <message>
        <source>{0} near-duplicates in {1} groups: linked by a cosine of {2} or more</source>
        <translation>{0} 个近似重复样本，共 {1} 组：余弦不小于 {2} 即相连</translation>
    </message>
    <message>
        <source>The {0} samples farthest from their {1} nearest, by the mean of 1 − cosine: {2} or more</source>
        <translation>与其 {1} 个最近邻相距最远的 {0} 个样本，按 1 − 余弦的均值：不小于 {2}</translation>
    </message>
    <message>
        <source>Samples that are nearly identical: copies leak from training into validation</source>
        <translation>几乎相同的样本：副本会从训练泄漏到验证</translation>
    </message>
    <message>
        <source>Samples far from all others: broken images, rare kinds</source>
        <translation>远离其他所有样本的样本：损坏的图像、罕见的种类</translation>
    </message>
    <message>
        <source>Samples whose neighbours changed most since the previous snapshot: still changing</source>
        <translation>自上一份快照以来近邻变化最多的样本：仍在变化</translation>
    </message>
    <message>
        <source>Samples whose views have the least similar embeddings: the augmentation may remove what identifies them. Takes a while the first time</source>
        <translation>各视图的嵌入最不相似的样本：增强可能去掉了它们的识别特征。首次需要一些时间</translation>
    </message>
    <message>
        <source>The classes of these samples are unknown</source>
        <translation>这些样本的类别未知</translation>
    </message>
    <message>
        <source>No sample has more neighbours of one other class than of its own</source>
        <translation>没有样本的近邻中，另一个类别多于自身类别</translation>
    </message>
    <message>
        <source>{0} samples that have more neighbours of one other class than of their own, among their {1} nearest</source>
        <translation>{0} 个样本的 {1} 个最近邻中，另一个类别多于自身类别</translation>
    </message>
    <message>
        <source>This is the first snapshot: there is none before it to compare with</source>
        <translation>这是第一个快照：之前没有可比较的快照</translation>
    </message>
    <message>
        <source>No sample changed a neighbour since epoch {0}</source>
        <translation>自第 {0} 轮以来，没有样本的近邻发生变化</translation>
    </message>
    <message>
        <source>The {0} samples that changed most of their {1} nearest since epoch {2}: {3} % or more</source>
        <translation>自第 {2} 轮以来 {1} 个最近邻变化最多的 {0} 个样本：不小于 {3} %</translation>
    </message>
    <message>
        <source>The {0} samples of highest loss by the checkpoint of epoch {1}: {2} or more</source>
        <translation>按第 {1} 轮检查点，损失最高的 {0} 个样本：不低于 {2}</translation>
    </message>
    <message>
        <source>The {0} samples whose views agree least by the checkpoint of epoch {1}: a mean cosine of {2} or less</source>
        <translation>按第 {1} 轮检查点，视图一致性最低的 {0} 个样本：平均余弦不高于 {2}</translation>
    </message>
</context>
<context>
    <name>Sweep</name>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
</context>
<context>
    <name>SweepDialog</name>
    <message>
        <source>Sweep</source>
        <translation>参数扫描</translation>
    </message>
    <message>
        <source>Setting of the sweep</source>
        <translation>参数扫描的设置</translation>
    </message>
    <message>
        <source>Another setting</source>
        <translation>另一项设置</translation>
    </message>
    <message>
        <source>Seeds of each combination</source>
        <translation>每个组合的种子数</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation>种子数</translation>
    </message>
    <message>
        <source>The runs of the sweep</source>
        <translation>参数扫描的运行</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>… and {0} more</source>
        <translation>… 另有 {0} 个</translation>
    </message>
    <message>
        <source>checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Add {0} runs to the queue</source>
        <translation>将 {0} 个运行加入队列</translation>
    </message>
    <message>
        <source>Add to the queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>{0} runs, one after another</source>
        <translation>{0} 个运行，依次进行</translation>
    </message>
    <message>
        <source>Each combination becomes a run with this tag; the runs are trained one after another. Numbers can be typed, too: 0.01, 0.1; whole numbers from 0..4; spaced ones 1e-4..1e-1 log 4, or 0..1 linear 5.</source>
        <translation>每种组合成为一次带有此标签的运行；运行依次训练。数字也可以直接输入：0.01, 0.1；整数范围 0..4；等间隔的 1e-4..1e-1 log 4 或 0..1 linear 5。</translation>
    </message>
    <message>
        <source>Progress of the dry runs</source>
        <translation>试运行进度</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Choose values for a setting, or more than one seed.</source>
        <translation>为某个设置选择取值，或选择多个种子。</translation>
    </message>
    <message>
        <source>1 dry run</source>
        <translation>1 次试运行</translation>
    </message>
    <message>
        <source>{0} dry runs</source>
        <translation>{0} 次试运行</translation>
    </message>
    <message>
        <source>About {0} in all, by the dry runs and the lengths that are set.</source>
        <translation>按试运行和所设长度，共约 {0}。</translation>
    </message>
    <message>
        <source>About {0} for {1} of the runs. The others need {2}.</source>
        <translation>其中 {1} 次运行约需 {0}。其余运行还需要 {2}。</translation>
    </message>
    <message>
        <source>How long they take is not known yet: it needs {0} of some 10 s each.</source>
        <translation>尚不知道需要多长时间：需要 {0}，每次约 10 秒。</translation>
    </message>
    <message>
        <source>Search instead…</source>
        <translation>改为搜索…</translation>
    </message>
    <message>
        <source>Settings are proposed by the rewards of short runs; and what earlier searches found</source>
        <translation>根据短时运行的奖励提出设置；并查看以往搜索的结果</translation>
    </message>
</context>
<context>
    <name>TagPage</name>
    <message>
        <source>Tag</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Name of a tag</source>
        <translation>标签名称</translation>
    </message>
    <message>
        <source>Give this tag to the selected samples. Saved with the run</source>
        <translation>给已选样本加上此标签。随运行一起保存</translation>
    </message>
    <message>
        <source>Tags of this run</source>
        <translation>此运行的标签</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Select the samples that have this tag (Enter)</source>
        <translation>选择带有此标签的样本 (Enter)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Tag {0}</source>
        <translation>标记 {0} 个</translation>
    </message>
    <message>
        <source>tag {0}</source>
        <translation>标签 {0}</translation>
    </message>
    <message>
        <source>No tags yet. Select samples, write a name above, and press Tag.</source>
        <translation>还没有标签。选择样本，在上方写名称，然后按“标签”。</translation>
    </message>
    <message>
        <source>Remove this tag from the selected samples</source>
        <translation>从所选样本移除此标签</translation>
    </message>
    <message>
        <source>Remove this tag from all samples (Delete). Ctrl+Z restores it</source>
        <translation>从所有样本移除此标签（Delete）。Ctrl+Z 可恢复</translation>
    </message>
</context>
<context>
    <name>Tagging</name>
    <message>
        <source>tag {0}</source>
        <translation>标签 {0}</translation>
    </message>
    <message>
        <source>tag {0} removed</source>
        <translation>取下标签 {0}</translation>
    </message>
    <message>
        <source>tag {0} deleted</source>
        <translation>删除标签 {0}</translation>
    </message>
</context>
<context>
    <name>Thumbnails</name>
    <message>
        <source>{0} images</source>
        <translation>{0} 张图像</translation>
    </message>
    <message>
        <source>number {0}</source>
        <translation>第 {0} 个</translation>
    </message>
</context>
<context>
    <name>TimeLine</name>
    <message>
        <source>Play the epochs</source>
        <translation>播放各轮</translation>
    </message>
    <message>
        <source>Epoch of the map</source>
        <translation>映射图的轮次</translation>
    </message>
    <message>
        <source>epoch {0} / {1}</source>
        <translation>第 {0} / {1} 轮</translation>
    </message>
</context>
<context>
    <name>TrailCaption</name>
    <message>
        <source>Point at a sample, or select some, to see their paths through the epochs.</source>
        <translation>指向一个样本或选择若干样本，查看它们经过各轮的路径。</translation>
    </message>
    <message>
        <source>○ epoch {0}</source>
        <translation>○ 第 {0} 轮</translation>
    </message>
    <message>
        <source>● epoch {0}</source>
        <translation>● 第 {0} 轮</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
    <message>
        <source>{0} of {1} epochs</source>
        <translation>{1} 轮中的 {0} 轮</translation>
    </message>
    <message>
        <source>trails of {0} of {1}, evenly chosen</source>
        <translation>{1} 条轨迹中均匀选取 {0} 条</translation>
    </message>
</context>
<context>
    <name>ValuePicker</name>
    <message>
        <source>Its values</source>
        <translation>其取值</translation>
    </message>
    <message>
        <source>Choose values</source>
        <translation>选择取值</translation>
    </message>
    <message>
        <source>now {0}</source>
        <translation>现在为 {0}</translation>
    </message>
</context>
<context>
    <name>VersusPanel</name>
    <message>
        <source>Side by side</source>
        <translation>并排</translation>
    </message>
    <message>
        <source>Left map</source>
        <translation>左侧映射图</translation>
    </message>
    <message>
        <source>Right map</source>
        <translation>右侧映射图</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>The two maps have no sample in common: nothing is linked.</source>
        <translation>两张映射图没有共同样本：没有关联。</translation>
    </message>
    <message>
        <source>The two runs have different data: nothing is linked.</source>
        <translation>两个运行的数据不同：没有关联。</translation>
    </message>
    <message>
        <source>All {0} samples of one map are on the other and linked.</source>
        <translation>一张映射图的全部 {0} 个样本都在另一张上，并已关联。</translation>
    </message>
    <message>
        <source>{0} samples are on both maps and linked, of {1} at the left and {2} at the right.</source>
        <translation>{0} 个样本同在两张映射图上并已关联；左侧共 {1} 个，右侧共 {2} 个。</translation>
    </message>
    <message>
        <source>There are not two maps yet</source>
        <translation>还没有两张图</translation>
    </message>
    <message>
        <source>The maps are of different kinds: positions on one mean nothing on the other</source>
        <translation>两张图的种类不同：一张图上的位置在另一张上没有意义</translation>
    </message>
    <message>
        <source>The maps have too few samples in common to align the right one with the left one</source>
        <translation>两张图的共同样本太少，无法把右图与左图对齐</translation>
    </message>
    <message>
        <source>projector</source>
        <translation>projector</translation>
    </message>
    <message>
        <source>backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>epoch {0}</source>
        <translation>第 {0} 轮</translation>
    </message>
</context>
<context>
    <name>VisualizationsPanel</name>
    <message>
        <source>Visualizations</source>
        <translation>可视化</translation>
    </message>
    <message>
        <source>Which picture</source>
        <translation>哪张图片</translation>
    </message>
    <message>
        <source>Visualization of the method</source>
        <translation>该方法的可视化</translation>
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
        <source>Choose or start a run: the pictures of its method are shown here.</source>
        <translation>选择或开始一个运行：其方法的图片会显示在这里。</translation>
    </message>
    <message>
        <source>The pictures of the method (views, predictions, reconstructions, attention) are made with each snapshot.</source>
        <translation>该方法的图片（视图、预测、重建、注意力）随每个快照生成。</translation>
    </message>
    <message>
        <source>An episode, played</source>
        <translation>播放一个回合</translation>
    </message>
</context>
<context>
    <name>WeightsEditor</name>
    <message>
        <source>drawn anew</source>
        <translation>随机抽取</translation>
    </message>
    <message>
        <source>Choose weights</source>
        <translation>选择权重</translation>
    </message>
    <message>
        <source>A file of weights…</source>
        <translation>权重文件…</translation>
    </message>
    <message>
        <source>The encoder of a run</source>
        <translation>某次运行的编码器</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Choose a file of weights</source>
        <translation>选择权重文件</translation>
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
        <source>Pause or continue</source>
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
        <source>Connect with the other machine now</source>
        <translation>立即连接另一台机器</translation>
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
        <source>Follow the system</source>
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
        <source>The queue cannot be kept for the next start: {0}.</source>
        <translation>无法为下次启动保留队列：{0}。</translation>
    </message>
    <message>
        <source>Opening {0}… {1} %</source>
        <translation>正在打开 {0}… {1} %</translation>
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
        <source>Continue</source>
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
        <source>{0} cores</source>
        <translation>{0} 核</translation>
    </message>
    <message>
        <source>connecting with {0}…</source>
        <translation>正在连接 {0}…</translation>
    </message>
    <message>
        <source>connection with {0} lost, trying again in {1} s</source>
        <translation>与 {0} 的连接已断开，{1} 秒后重试</translation>
    </message>
    <message>
        <source>no connection with {0}</source>
        <translation>未连接 {0}</translation>
    </message>
    <message>
        <source>{0}: {1} ms</source>
        <translation>{0}：{1} 毫秒</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
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
        <source>Delay of the window&apos;s response over the last 5 s: median {0} ms, 99th percentile {1} ms, maximum {2} ms</source>
        <translation>最近 5 秒窗口的响应延迟：中位数 {0} 毫秒，第 99 百分位 {1} 毫秒，最大 {2} 毫秒</translation>
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
        <source>To the next card</source>
        <translation>到下一张卡片</translation>
    </message>
    <message>
        <source>To the card before</source>
        <translation>到上一张卡片</translation>
    </message>
    <message>
        <source>To the next control, or back</source>
        <translation>到下一个控件，或返回上一个</translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation>Tab、Shift+Tab</translation>
    </message>
    <message>
        <source>Press a button, open a list</source>
        <translation>按下按钮、打开列表</translation>
    </message>
    <message>
        <source>Number: one step, ten steps</source>
        <translation>数字：改变一步、十步</translation>
    </message>
    <message>
        <source>↑ ↓, Page ↑ ↓</source>
        <translation>↑ ↓、Page ↑ ↓</translation>
    </message>
    <message>
        <source>Setting: back to its default</source>
        <translation>设置：恢复默认值</translation>
    </message>
    <message>
        <source>Alt+Home</source>
        <translation>Alt+Home</translation>
    </message>
    <message>
        <source>Slider: strength, epoch, smoothing</source>
        <translation>滑块：强度、轮次、平滑</translation>
    </message>
    <message>
        <source>Images: move, open, clear the selection</source>
        <translation>图像：移动、打开、取消选择</translation>
    </message>
    <message>
        <source>Arrows, Enter, Esc</source>
        <translation>方向键、Enter、Esc</translation>
    </message>
    <message>
        <source>Curves: crosshair, zoom, show all</source>
        <translation>曲线：十字线、缩放、显示全部</translation>
    </message>
    <message>
        <source>← →, + −, Home</source>
        <translation>← →、+ −、Home</translation>
    </message>
    <message>
        <source>Curves: menu, export</source>
        <translation>曲线：菜单、导出</translation>
    </message>
    <message>
        <source>Menu key, Shift+F10</source>
        <translation>菜单键、Shift+F10</translation>
    </message>
    <message>
        <source>Map: move, zoom, show all</source>
        <translation>映射图：移动、缩放、显示全部</translation>
    </message>
    <message>
        <source>Arrows, + −, Home</source>
        <translation>方向键、+ −、Home</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Map: the next point, select it</source>
        <translation>映射图：下一个点、选择它</translation>
    </message>
    <message>
        <source>Alt+Arrows, Space</source>
        <translation>Alt+方向键、空格</translation>
    </message>
    <message>
        <source>Map: draw a rectangle, select in it</source>
        <translation>映射图：画矩形、选择其中内容</translation>
    </message>
    <message>
        <source>Shift+Arrows, Enter</source>
        <translation>Shift+方向键、Enter</translation>
    </message>
    <message>
        <source>Map: select all in view, or nothing</source>
        <translation>映射图：选择可见的全部，或全部不选</translation>
    </message>
    <message>
        <source>Ctrl+A, Esc</source>
        <translation>Ctrl+A、Esc</translation>
    </message>
    <message>
        <source>Samples: find, invert the selection</source>
        <translation>样本：查找、反选</translation>
    </message>
    <message>
        <source>Samples: undo, redo selection and tags</source>
        <translation>样本：撤销、重做选择与标签</translation>
    </message>
    <message>
        <source>Legend: hide a class, show it alone</source>
        <translation>图例：隐藏一个类别、只显示它</translation>
    </message>
    <message>
        <source>Space, Ctrl+Space</source>
        <translation>空格、Ctrl+空格</translation>
    </message>
    <message>
        <source>Matrix: move from pair to pair</source>
        <translation>矩阵：在样本对之间移动</translation>
    </message>
    <message>
        <source>Arrows, Home</source>
        <translation>方向键、Home</translation>
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
        <source>Parallax, a workbench for self-supervised visual representation learning. MIT licence. Runs are kept in {0}.</source>
        <translation>Parallax，自监督视觉表示学习工作台。MIT 许可证。运行保存在 {0}。</translation>
    </message>
    <message>
        <source>A run is in progress.</source>
        <translation>有一个运行正在进行。</translation>
    </message>
    <message>
        <source>A stopped run keeps a checkpoint. When it is resumed, its numbers are the same as without the stop.</source>
        <translation>停止的运行会保留检查点。恢复后，其数值与没有停止时完全相同。</translation>
    </message>
    <message>
        <source>A run is in progress, and {0} more are in the queue.</source>
        <translation>有一个运行正在进行，队列中还有 {0} 个。</translation>
    </message>
    <message>
        <source>Stop after this step and close</source>
        <translation>在本步后停止并关闭</translation>
    </message>
    <message>
        <source>Keep training, close when done</source>
        <translation>继续训练，完成后关闭</translation>
    </message>
    <message>
        <source>{0} has {1} epochs. Train it for how many more?

The learning rate and the other schedules go on as those of a run of the new length: the rate rises again and falls to the new end.</source>
        <translation>{0} 共有 {1} 轮。要再训练多少轮？

学习率及其他调度将按新长度的运行继续：学习率会再次升高，然后降到新的终点。</translation>
    </message>
    <message>
        <source>Train longer</source>
        <translation>延长训练</translation>
    </message>
    <message>
        <source>&apos;{0}&apos; cannot be shown here: {1}.</source>
        <translation>此处无法显示“{0}”：{1}。</translation>
    </message>
    <message>
        <source>The other panels show it and its files are unchanged. Try again or choose another run. If it happens again, report it with the details.</source>
        <translation>其他面板照常显示该运行，其文件未改变。请重试或选择其他运行；若再次出现，请附上详情报告。</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>加入队列</translation>
    </message>
    <message>
        <source>Panels of other packages cannot be shown. {0}</source>
        <translation>其他软件包的面板无法显示。{0}</translation>
    </message>
    <message>
        <source>The other panels work. Update or uninstall the packages that are named.</source>
        <translation>其他面板可以正常使用。请更新或卸载所提到的软件包。</translation>
    </message>
    <message>
        <source>Adds these settings to the queue: the run starts when the current one has ended ({0})</source>
        <translation>把这些设置加入队列：当前运行结束后即开始（{0}）</translation>
    </message>
    <message>
        <source>Train with the settings of Prepare ({0})</source>
        <translation>用“准备”中的设置开始训练（{0}）</translation>
    </message>
    <message>
        <source>The panel &apos;{0}&apos; cannot be shown: {1}.</source>
        <translation>面板“{0}”无法显示：{1}。</translation>
    </message>
    <message>
        <source>This panel failed: {0}.</source>
        <translation>此面板出错：{0}。</translation>
    </message>
    <message>
        <source>The other panels work and the files of runs are unchanged. Try again. If it happens again, report it with the details.</source>
        <translation>其他面板可以正常使用，运行的文件没有改动。请重试。如果再次发生，请附上详细信息报告。</translation>
    </message>
    <message>
        <source>Stop all and keep the queue</source>
        <translation>全部停止并保留队列</translation>
    </message>
    <message>
        <source>Start the queue</source>
        <translation>启动队列</translation>
    </message>
    <message>
        <source>Fold the list of runs</source>
        <translation>折叠运行列表</translation>
    </message>
    <message>
        <source>Notify when a run ends</source>
        <translation>运行结束时通知</translation>
    </message>
    <message>
        <source>If it is stopped, the queue is kept: the next start shows it, and starts it when you say so. If training is kept, the window closes when the whole queue is done.</source>
        <translation>如果停止，队列会保留：下次启动时显示，并在你要求时开始。如果继续训练，整个队列完成后窗口关闭。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Puts these settings back into the queue, in place of the entry that is edited ({0})</source>
        <translation>把这些设置放回队列，替换正在编辑的那一项 ({0})</translation>
    </message>
    <message>
        <source>Stops this run after its step and keeps a checkpoint; the next one of the queue starts ({0})</source>
        <translation>在这一步之后停止该运行并保留检查点；队列中的下一个随即开始 ({0})</translation>
    </message>
    <message>
        <source>Open the map</source>
        <translation>打开嵌入图</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Compare the runs</source>
        <translation>比较这些运行</translation>
    </message>
    <message>
        <source>{0} has failed: {1}</source>
        <translation>{0} 失败：{1}</translation>
    </message>
    <message>
        <source>{0} was stopped at step {1}.</source>
        <translation>{0} 已在第 {1} 步停止。</translation>
    </message>
    <message>
        <source>Best kNN {0}{1}.</source>
        <translation>最佳 kNN {0}{1}。</translation>
    </message>
    <message>
        <source>{0} has finished in {1}.</source>
        <translation>{0} 已完成，用时 {1}。</translation>
    </message>
    <message>
        <source>{0} finished</source>
        <translation>{0} 个完成</translation>
    </message>
    <message>
        <source>{0} failed</source>
        <translation>{0} 个失败</translation>
    </message>
    <message>
        <source>{0} stopped</source>
        <translation>{0} 个停止</translation>
    </message>
    <message>
        <source>The queue is done: {0}.</source>
        <translation>队列已完成：{0}。</translation>
    </message>
    <message>
        <source>Figure for print…</source>
        <translation>用于印刷的图…</translation>
    </message>
    <message>
        <source>Map: trails</source>
        <translation>映射图：轨迹</translation>
    </message>
    <message>
        <source>Nothing here can be printed yet. Show curves, a map, pairs, factors or evaluated runs, then try again.</source>
        <translation>这里还没有可以印刷的内容。请先显示曲线、映射图、样本对、因素或已评估的运行，然后重试。</translation>
    </message>
    <message>
        <source>Figure for print</source>
        <translation>用于印刷的图</translation>
    </message>
    <message>
        <source>Map: the point in the middle; the marked point large</source>
        <translation>映射图：选取中间的点；放大已标记的点</translation>
    </message>
    <message>
        <source>Image: larger, smaller, all, its own size</source>
        <translation>图像：放大、缩小、全部、原始大小</translation>
    </message>
    <message>
        <source>+ −, 0, 1</source>
        <translation>+ −、0、1</translation>
    </message>
    <message>
        <source>Curves: enlarge a plot, back</source>
        <translation>曲线：放大图，返回</translation>
    </message>
    <message>
        <source>Enter, Esc</source>
        <translation>回车，Esc</translation>
    </message>
    <message>
        <source>Curves: move a plot, remove it</source>
        <translation>曲线：移动图，移除图</translation>
    </message>
    <message>
        <source>Alt+← →, Delete</source>
        <translation>Alt+← →，Delete</translation>
    </message>
    <message>
        <source>Settings: undo</source>
        <translation>设置：撤销</translation>
    </message>
    <message>
        <source>Settings: redo</source>
        <translation>设置：重做</translation>
    </message>
    <message>
        <source>Runs there go on. When the cause is gone, choose Connect with the other machine now in the menu.</source>
        <translation>那里的运行会继续。原因消除后，请在菜单中选择“立即连接另一台机器”。</translation>
    </message>
    <message>
        <source>No connection with {0}: {1}.</source>
        <translation>未能连接 {0}：{1}。</translation>
    </message>
    <message>
        <source>Undo: {0}</source>
        <translation>撤销：{0}</translation>
    </message>
    <message>
        <source>Redo: {0}</source>
        <translation>重做：{0}</translation>
    </message>
    <message>
        <source>Your photographs in five minutes</source>
        <translation>五分钟训练您的照片</translation>
    </message>
    <message>
        <source>Three finished example runs</source>
        <translation>三个已完成的示例运行</translation>
    </message>
    <message>
        <source>Help on what has the focus</source>
        <translation>当前控件的帮助</translation>
    </message>
    <message>
        <source>About the method</source>
        <translation>关于该方法</translation>
    </message>
    <message>
        <source>Documentation</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>The three example runs are not on this machine yet.</source>
        <translation>此计算机上还没有这三个示例运行。</translation>
    </message>
    <message>
        <source>They are small: training them takes about {0} minutes on one core. They appear in the list of runs.</source>
        <translation>它们很小：用一个核心训练约需 {0} 分钟。它们会出现在运行列表中。</translation>
    </message>
    <message>
        <source>Train them now</source>
        <translation>立即训练</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动态效果</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>打开模型…</translation>
    </message>
</context>
<context>
    <name>ZoomView</name>
    <message>
        <source>Image</source>
        <translation>图像</translation>
    </message>
</context>
<context>
    <name>_Checklist</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search values</source>
        <translation>搜索取值</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>取值</translation>
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
    <name>choices</name>
    <message>
        <source>remove</source>
        <translation>去除</translation>
    </message>
    <message>
        <source>random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>被遮住的</translation>
    </message>
    <message>
        <source>drop</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>project</source>
        <translation>投影</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>block</source>
        <translation>成块</translation>
    </message>
    <message>
        <source>grid</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>central</source>
        <translation>中央</translation>
    </message>
    <message>
        <source>global</source>
        <translation>全局</translation>
    </message>
    <message>
        <source>local</source>
        <translation>局部</translation>
    </message>
    <message>
        <source>view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>参考</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>normal</source>
        <translation>正态</translation>
    </message>
    <message>
        <source>constant</source>
        <translation>恒定</translation>
    </message>
    <message>
        <source>step</source>
        <translation>阶梯</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>content</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>list</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>inner</source>
        <translation>内层</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无意义</translation>
    </message>
    <message>
        <source>batch</source>
        <translation>批</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>层</translation>
    </message>
</context>
<context>
    <name>durations</name>
    <message>
        <source>{0} s</source>
        <translation>{0} 秒</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} 小时 {1} 分</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} 分钟</translation>
    </message>
    <message>
        <source>{0} min {1} s</source>
        <translation>{0} 分 {1} 秒</translation>
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
        <source>Notes, stored with the run.</source>
        <translation>备注，随运行一起保存。</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Labels by which the run is found.</source>
        <translation>用于查找运行的词。</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
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
        <translation>图块</translation>
    </message>
    <message>
        <source>Side of a ViT&apos;s or ConvViT&apos;s patch; auto takes about an eighth of the first view, 8 x 8 patches, and for a ViT of timm or torchvision its own, which its name often says.</source>
        <translation>ViT 或 ConvViT 的块边长；自动约取第一个视图的八分之一，即 8 x 8 块；对 timm 或 torchvision 的 ViT 则取其自身的块边长，其名称中往往写明。</translation>
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
        <source>What a ViT gives as its features: the class token, or the mean of the patch tokens. A ConvViT gives the mean. Of timm&apos;s encoders it concerns those whose patches a method can mask; others are pooled as timm does.</source>
        <translation>ViT 以什么作为特征：class token，或图块 token 的均值。ConvViT 给出均值。对 timm 的编码器，只涉及方法能遮盖其图块的那些；其余按 timm 的方式池化。</translation>
    </message>
    <message>
        <source>First weights of a ViT&apos;s or ConvViT&apos;s linear layers. `normal`: standard deviation .02, as published from a width of 384 on; at a width of 128 each block then adds 4.5 % to its input. `xavier`: by the layer&apos;s width, as in MAE and the methods built on it, which take it whatever is set here. `auto`: xavier below a width of 384, normal from there on; a ViT of timm is drawn as timm draws it.</source>
        <translation>ViT 或 ConvViT 线性层的初始权重。`normal`：标准差 .02，即已发表的、用于宽度 384 及以上的取值；宽度为 128 时，每个块只给输入增加 4.5 %。`xavier`：按层的宽度抽取，与 MAE 及以其为基础的方法一致，这些方法无论此处如何设置都采用它。`auto`：宽度小于 384 时为 xavier，否则为 normal；timm 的 ViT 按 timm 的方式抽取。</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Weights in part</source>
        <translation>部分权重</translation>
    </message>
    <message>
        <source>strict, missing keys</source>
        <translation>严格, 缺失的键</translation>
    </message>
    <message>
        <source>Drop path</source>
        <translation>Drop path</translation>
    </message>
    <message>
        <source>Probability of skipping a block of a ViT, a ConvViT, or of an encoder of timm or torchvision that can (stochastic depth).</source>
        <translation>跳过一个块的概率（随机深度）：ViT、ConvViT，或 timm 和 torchvision 中支持它的编码器。</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
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
        <source>Background bias</source>
        <translation>背景偏置</translation>
    </message>
    <message>
        <source>How much the backgrounds of the shapes tell of the shapes: the probability that the shape decides the hue and the pattern behind it. At .9 an encoder can name most shapes without looking at them; ImageNet-9&apos;s question (2006.09994).</source>
        <translation>形状的背景在多大程度上透露形状：由形状决定其背后色相和图案的概率。取 .9 时，编码器不看形状本身也能说出大多数形状，这正是 ImageNet-9 的问题（2006.09994）。</translation>
    </message>
    <message>
        <source>spurious correlation, shortcut, background</source>
        <translation>虚假相关, 捷径, 背景</translation>
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
        <source>Weight decay</source>
        <translation>权重衰减</translation>
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
        <source>Accumulate</source>
        <translation>累积</translation>
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
        <source>Order of the images</source>
        <translation>图像顺序</translation>
    </message>
    <message>
        <source>How images follow one another. `shuffle`: each once an epoch. `sliding_window`: from a window that moves slowly over the images, so that each comes again soon and several times, and then rests (PIC, 2006.14618).</source>
        <translation>图像以何种顺序出现。`shuffle`：每轮每张一次。`sliding_window`：取自在图像上缓慢移动的窗口，每张图像很快会再次出现，重复若干次，然后休息（PIC，2006.14618）。</translation>
    </message>
    <message>
        <source>Window, size</source>
        <translation>窗口大小</translation>
    </message>
    <message>
        <source>Sliding window alone: its images as a share of all, rounded to whole batches; the paper has 131,072 of 1.28 million. The smaller it is the sooner an image comes again. 1 holds all: a shuffle.</source>
        <translation>仅用于滑动窗口：窗口内的图像占全部图像的比例，取整到整批；论文为 128 万张中的 131,072 张。窗口越小，同一图像再次出现得越早。1 包含全部，即为打乱。</translation>
    </message>
    <message>
        <source>Window, stride</source>
        <translation>窗口步幅</translation>
    </message>
    <message>
        <source>Sliding window alone: by which share of itself the window moves on after each pass. With the paper&apos;s eighth an image comes eight times before it rests, and a run of fewer than eight epochs does not see every image.</source>
        <translation>仅用于滑动窗口：每遍历一次窗口后，窗口移动自身大小的多少。按论文的八分之一，一张图像出现八次后才休息；不足八轮的运行不会遇到每张图像。</translation>
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
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>长度记录</translation>
    </message>
    <message>
        <source>Written by the run, not by a person: where its length was changed on the way, as (step, total, share of the run done there). With it the run repeats to the last digit; it means nothing where its last total is not the run&apos;s length.</source>
        <translation>由运行自己写入，不由人填写：运行途中长度在何处改变，记为（步、总步数、此处已完成的比例）。凭此记录，运行可以逐位重复；若其最后的总步数不是运行的长度，则无意义。</translation>
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
        <source>Checkpoints kept</source>
        <translation>保留检查点数</translation>
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
        <source>Least side</source>
        <translation>最小边长</translation>
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
        <source>Sigma max</source>
        <translation>Sigma 最大</translation>
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
        <source>Background, probability</source>
        <translation>背景，概率</translation>
    </message>
    <message>
        <source>Probability of another background behind the object. The data must have masks of their objects.</source>
        <translation>在物体背后换上其他背景的概率。数据必须带有物体的掩码。</translation>
    </message>
    <message>
        <source>background augmentation, BG_RM, BG_Random, mask, foreground</source>
        <translation>背景增强, BG_RM, BG_Random, 掩码, 前景</translation>
    </message>
    <message>
        <source>Background, new</source>
        <translation>背景，替换为</translation>
    </message>
    <message>
        <source>What is put behind the object (2103.12719). `random`: the background of another training image, which helps more. `remove`: one grey, drawn for each view.</source>
        <translation>放在物体背后的内容（2103.12719）。`random`：另一张训练图像的背景，帮助更大。`remove`：一种灰色，每个视图各自抽取。</translation>
    </message>
    <message>
        <source>background augmentation, BG_RM, BG_Random</source>
        <translation>背景增强, BG_RM, BG_Random</translation>
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
        <source>SimCLR, then a few labels from the middle of its head, then all images again with the probabilities of that network.</source>
        <translation>先做 SimCLR，再从其头部中间用少量标签微调，最后用该网络给出的概率在全部图像上蒸馏。</translation>
    </message>
    <message>
        <source>A crop must find its partner among a long queue of earlier crops, which a slow copy of the encoder keeps comparable.</source>
        <translation>一个裁剪要在由先前裁剪组成的长队列中找到另一半；编码器的慢速副本使队列中的编码保持可比。</translation>
    </message>
    <message>
        <source>A crop must find its partner, encoded by a slow copy of the encoder, among a queue of earlier crops.</source>
        <translation>一个裁剪要在由先前裁剪组成的队列中找到由编码器的慢速副本编码的另一半。</translation>
    </message>
    <message>
        <source>MoCo v2 whose views get other backgrounds, and which must tell an image from another object on its own background.</source>
        <translation>视图被换上其他背景的 MoCo v2，并且必须把一张图像与位于同一背景前的另一物体区分开。</translation>
    </message>
    <message>
        <source>A crop must predict its partner, encoded by a slow copy of the encoder, among the other images of the batch.</source>
        <translation>一个裁剪要在批次的其他图像中预测出由编码器的慢速副本编码的另一半。</translation>
    </message>
    <message>
        <source>The lightness of an image must find its colour among the colours of the batch, each seen by an encoder of its own.</source>
        <translation>图像的明度要在整批的颜色中找到自己的颜色，两者各由一个编码器编码。</translation>
    </message>
    <message>
        <source>A small region of one crop must find the regions of another crop that show the same place of the image.</source>
        <translation>一个裁剪中的小区域要在另一个裁剪中找到显示图像同一位置的区域。</translation>
    </message>
    <message>
        <source>From the upper patches of an image, pick its lower patches out of those of many images.</source>
        <translation>由图像上方的图块，从许多图像的图块中选出它自己下方的图块。</translation>
    </message>
    <message>
        <source>Patches are picked from above, below, left and right, each patch with colours and direction of its own.</source>
        <translation>从上、下、左、右四个方向选出图块，每个图块的颜色和朝向各自独立变化。</translation>
    </message>
    <message>
        <source>Two views of an image are pulled together, two images pushed apart until a margin lies between them.</source>
        <translation>同一图像的两个视图被拉近，不同图像被推开，直到相隔一个间隔。</translation>
    </message>
    <message>
        <source>Views of an image lie on one spot of a sphere, and images spread evenly over it.</source>
        <translation>同一图像的视图落在球面的同一点上，不同图像则均匀分布在球面上。</translation>
    </message>
    <message>
        <source>SimCLR, corrected for the other images that are really of the same kind.</source>
        <translation>对其实属于同类的其他图像作了修正的 SimCLR。</translation>
    </message>
    <message>
        <source>SimCLR in which the images that look most alike, though different, count most.</source>
        <translation>让看上去最相似的不同图像权重最大的 SimCLR。</translation>
    </message>
    <message>
        <source>A contrast that keeps teaching once the partner has been found, also in small batches.</source>
        <translation>找到另一半之后仍能继续学习的对比，小批量时也是如此。</translation>
    </message>
    <message>
        <source>SimCLR in which the partner does not compete with the others, so that small batches learn as well.</source>
        <translation>另一半不与其他图像竞争的 SimCLR，因此小批量也能学得同样好。</translation>
    </message>
    <message>
        <source>Decide for each pair of views by itself whether it is one image or noise.</source>
        <translation>对每一对视图单独判断它是同一图像还是噪声。</translation>
    </message>
    <message>
        <source>Every image is a class of its own: recognise it among what is remembered of all the others.</source>
        <translation>每张图像自成一类：要在对所有其他图像的记忆中认出它。</translation>
    </message>
    <message>
        <source>Augmentation must not change an image&apos;s features, and no image may be taken for another of the batch.</source>
        <translation>数据增强不应改变图像的特征，任何图像也不应被误认为批次中的另一张。</translation>
    </message>
    <message>
        <source>A crop must find not its partner but the image most like it among the ones seen before.</source>
        <translation>一个裁剪要找的不是自己的另一半，而是先前见过的图像中与它最相似的一张。</translation>
    </message>
    <message>
        <source>Predict one view from the other; only a stop-gradient keeps it from collapsing.</source>
        <translation>由一个视图预测另一个；仅靠 stop-gradient 避免坍塌。</translation>
    </message>
    <message>
        <source>Each output dimension agrees with itself across two views and with no other dimension.</source>
        <translation>每个输出维度在两个视图之间与自身一致，而与其他维度不相关。</translation>
    </message>
    <message>
        <source>Two views agree, each output dimension keeps its variance, and no two dimensions are correlated.</source>
        <translation>两个视图一致，每个输出维度保持其方差，且任意两个维度不相关。</translation>
    </message>
    <message>
        <source>Every view predicts the mean of all views, while the embeddings are held to a round Gaussian cloud.</source>
        <translation>每个视图预测所有视图的均值，同时嵌入被约束为各向同性的高斯云。</translation>
    </message>
    <message>
        <source>Each view predicts to which of the learned prototypes the other view is assigned.</source>
        <translation>每个视图预测另一视图被分配到哪个学到的 prototype。</translation>
    </message>
    <message>
        <source>A patch, strongly changed in many ways, is a class of its own: tell thousands of such classes apart.</source>
        <translation>一个图块经多种强烈变化后仍自成一类：把数千个这样的类别区分开。</translation>
    </message>
    <message>
        <source>What is counted in the four quarters of an image must add up to what is counted in the whole.</source>
        <translation>图像四个四分之一中数出的内容，相加必须等于整幅图像中数出的内容。</translation>
    </message>
    <message>
        <source>Every image is a class of its own, and a plain classifier learns to name each from any view.</source>
        <translation>每张图像自成一类，由普通分类器学习从任意视图说出是哪一张。</translation>
    </message>
    <message>
        <source>iBOT with a head of their own for patches, assignments shared out evenly over the prototypes, and images spread evenly.</source>
        <translation>iBOT，但图块有自己的头，分配在各 prototype 之间均分，图像均匀散开。</translation>
    </message>
    <message>
        <source>DINOv2 whose similarities between the patches of an image are held to those of an earlier teacher.</source>
        <translation>DINOv2，并把一幅图像各图块之间的相似度约束为较早教师网络的相似度。</translation>
    </message>
    <message>
        <source>From pictures of a world and the actions between them predict the embedding of the next picture, and plan with the predictions.</source>
        <translation>根据一个世界的画面及其间的动作，预测下一画面的嵌入，并用这些预测来规划。</translation>
    </message>
    <message>
        <source>The encoder with its initial weights, never trained: what every method must beat.</source>
        <translation>保持初始值、从未训练的编码器：每种方法都必须胜过它。</translation>
    </message>
    <message>
        <source>SimCLR with labels: all views of a class must find each other, not only those of one image.</source>
        <translation>使用标签的 SimCLR：同一类别的所有视图都要找到彼此，而不只是同一图像的视图。</translation>
    </message>
    <message>
        <source>A rendered world of shapes whose every factor is known: shape, hue, size, place, rotation, background, light.</source>
        <translation>渲染的形状世界，每个因素都已知：形状、色相、大小、位置、旋转、背景、光照。</translation>
    </message>
    <message>
        <source>One to four of the shapes before a textured background, with the box of each and the class of each pixel.</source>
        <translation>纹理背景前的一至四个形状，带有每个形状的边界框和每个像素的类别。</translation>
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
        <source>Ten easily distinguished classes of ImageNet.</source>
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
        <source>The loss rises: {loss:.3g}, above its maximum over the first hundred steps ({highest:.3g}).</source>
        <translation>损失在上升：{loss:.3g}，超过最初一百步中的所有值（最高 {highest:.3g}）。</translation>
    </message>
    <message>
        <source>Lower optim.lr (by ten, to begin with), lengthen optim.warmup, or set optim.clip to 1.</source>
        <translation>请降低 optim.lr（可先除以十），延长 optim.warmup，或把 optim.clip 设为 1。</translation>
    </message>
    <message>
        <source>The rule compares the mean of 20 losses with the run&apos;s own beginning; no healthy run of the leaderboard comes near.</source>
        <translation>此规则将 20 个损失的均值与该运行自身的开头比较；排行榜上没有一个健康的运行接近这一界限。</translation>
    </message>
    <message>
        <source>The teacher&apos;s output is the same for every image: uniform over the prototypes. Its entropy is {entropy:.2f} nats, the divergence of the student is {kl:.3f}: nothing is left to learn.</source>
        <translation>教师对每张图像的输出都相同：在各 prototype 上均匀。其熵为 {entropy:.2f} nat，学生的散度为 {kl:.3f}：没有可学的了。</translation>
    </message>
    <message>
        <source>Sharpen the teacher: lower method.teacher_temperature (of SwAV, method.epsilon) far below the student&apos;s, from its warm-up on.</source>
        <translation>锐化教师：从预热开始就把 method.teacher_temperature（SwAV 为 method.epsilon）降到远低于学生的值。</translation>
    </message>
    <message>
        <source>DINO, 2104.14294, Sec. 5.3: without sharpening the entropy goes to ln K and the divergence to 0. SwAV, 2006.09882, App. D.1. Measured: DINO with a teacher&apos;s temperature of .5 comes to .014 nats by step 70, SwAV with epsilon 1 to .002 by step 50; healthy ones stay above .88 and .05.</source>
        <translation>DINO，2104.14294，5.3 节：没有锐化时，熵趋于 ln K，散度趋于 0。SwAV，2006.09882，附录 D.1。实测：教师温度为 .5 的 DINO 到第 70 步降至 .014 nat，epsilon 为 1 的 SwAV 到第 50 步降至 .002；健康的运行分别保持在 .88 和 .05 以上。</translation>
    </message>
    <message>
        <source>Few prototypes dominate for all images: {used:.1%} of those possible are the argmax of any view, and the teacher&apos;s entropy is low ({entropy:.2f} nats).</source>
        <translation>少数 prototype 对所有图像占优：在可能的 prototype 中只有 {used:.1%} 是某个视图的 argmax，且教师的熵很低（{entropy:.2f} nat）。</translation>
    </message>
    <message>
        <source>Centre it: lower method.centre_momentum (1 switches centring off; .9 is usual), or raise method.teacher_temperature a little.</source>
        <translation>使其居中：降低 method.centre_momentum（1 关闭居中；通常为 .9），或略微提高 method.teacher_temperature。</translation>
    </message>
    <message>
        <source>DINO, 2104.14294, Sec. 5.3: without centring one dimension wins and the entropy goes to 0. Measured: DINO without centring has an entropy below .1 and 3 of 256 from step 30 on; healthy ones do not go below .26.</source>
        <translation>DINO，2104.14294，5.3 节：没有居中时，某一维度会独占，熵趋于 0。实测：没有居中的 DINO 从第 30 步起熵低于 .1，256 个中只用到 3 个；健康的运行不会低于 .26。</translation>
    </message>
    <message>
        <source>All images have nearly the same embedding: std × √d is {std:.3f} (1 = isotropic, 0 = collapsed).</source>
        <translation>所有图像的嵌入几乎相同：标准差 × √d 为 {std:.3f}（1 = 各向同性，0 = 坍塌）。</translation>
    </message>
    <message>
        <source>Whatever keeps this method from collapsing is missing or too weak: stop-gradient, teacher and predictor, centring, the variance term, or the negatives. Put it back, or lower optim.lr.</source>
        <translation>防止该方法坍塌的机制缺失或太弱：stop-gradient、教师和 predictor、居中、方差项或负样本。请将其恢复，或降低 optim.lr。</translation>
    </message>
    <message>
        <source>The embeddings shrink to one point: the deviation of a dimension is {deviation:.3f}, where the method wants 1.</source>
        <translation>嵌入正收缩成一点：一个维度的标准差为 {deviation:.3f}，而该方法要求为 1。</translation>
    </message>
    <message>
        <source>LeWorldModel, 2603.19312: without SIGReg the prediction alone makes all embeddings the same. Measured in reach: with a weight of 0 the deviation is .20 after 50 steps and .15 after 150, with .1 it is .88 after 50 steps and .91 after 100. VISReg on CIFAR-10: .01 after 100 steps with a weight of 0, .80 with .6.</source>
        <translation>LeWorldModel，2603.19312：没有 SIGReg，仅靠预测会使所有嵌入相同。在 reach 中实测：权重为 0 时，标准差在 50 步后为 0.20，150 步后为 0.15；权重为 0.1 时，50 步后为 0.88，100 步后为 0.91。VISReg 在 CIFAR-10 上：权重为 0 时 100 步后为 0.01，权重为 0.6 时为 0.80。</translation>
    </message>
    <message>
        <source>The features have shrunk to few directions: an effective rank of {rank:.1f}, where the untrained encoder had {rank_first:.0f}.</source>
        <translation>特征已收缩到少数方向：有效秩为 {rank:.1f}，未训练的编码器为 {rank_first:.0f}。</translation>
    </message>
    <message>
        <source>The task is solved ({task:.2f}; chance level {task_trivial:.2f}) while the features are worth less than untrained ones: kNN {knn:.3f}, at first {knn_first:.3f}.</source>
        <translation>任务已解决（{task:.2f}；猜测为 {task_trivial:.2f}），特征却不如未训练的特征：kNN 为 {knn:.3f}，最初为 {knn_first:.3f}。</translation>
    </message>
    <message>
        <source>The task can be solved by a shortcut. Switch on what the method has against it: gaps, jitter, dropped colours, tiles normalised one by one.</source>
        <translation>任务可以靠捷径解决。请启用该方法对此的措施：间隙、抖动、丢弃颜色、逐块归一化。</translation>
    </message>
    <message>
        <source>The rule asks for 1 % of the method&apos;s own chance value, from step 200 on; every healthy run of the leaderboard has left it by then. Or for a loss that no longer falls beside a kNN that has not risen: BYOL with a teacher that never moves. Or for a loss that stays within five standard errors beside a kNN whose change is within two: a learning rate of 1e-12.</source>
        <translation>从第 200 步起，规则以该方法自身随机水平的 1 % 为界；排行榜上所有正常运行此时都已越过。或者损失不再下降且 kNN 没有上升：例如教师始终不动的 BYOL。或者损失停留在五个标准误差之内，且 kNN 的变化不超过两个标准误差：例如学习率为 1e-12。</translation>
    </message>
    <message>
        <source>It learns.</source>
        <translation>它在学习。</translation>
    </message>
    <message>
        <source>Too early to say.</source>
        <translation>尚难判断。</translation>
    </message>
    <message>
        <source>feature PCA</source>
        <translation>特征 PCA</translation>
    </message>
    <message>
        <source>class-token attention</source>
        <translation>class token 注意力</translation>
    </message>
    <message>
        <source>similarity</source>
        <translation>相似度</translation>
    </message>
    <message>
        <source>embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>similarity, mean removed</source>
        <translation>相似度（去均值）</translation>
    </message>
    <message>
        <source>evidence</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>assignments</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>sphere</source>
        <translation>球面</translation>
    </message>
    <message>
        <source>distances</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>backgrounds</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>负样本</translation>
    </message>
    <message>
        <source>views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>choices</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>labelled images</source>
        <translation>带标签的图像</translation>
    </message>
    <message>
        <source>class probabilities</source>
        <translation>类别概率</translation>
    </message>
    <message>
        <source>accuracy by head layer</source>
        <translation>各头部层的准确率</translation>
    </message>
    <message>
        <source>gram matrix</source>
        <translation>Gram 矩阵</translation>
    </message>
    <message>
        <source>similar to the framed patch</source>
        <translation>与框中图块相似之处</translation>
    </message>
    <message>
        <source>queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>verdict</source>
        <translation>判断</translation>
    </message>
    <message>
        <source>matches</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>pairs</source>
        <translation>样本对</translation>
    </message>
    <message>
        <source>cross-correlation</source>
        <translation>互相关</translation>
    </message>
    <message>
        <source>projections</source>
        <translation>投影</translation>
    </message>
    <message>
        <source>correlation</source>
        <translation>相关</translation>
    </message>
    <message>
        <source>deviation</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>visible</source>
        <translation>可见部分</translation>
    </message>
    <message>
        <source>image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>first view</source>
        <translation>第一个视图</translation>
    </message>
    <message>
        <source>second view</source>
        <translation>第二个视图</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>context and targets</source>
        <translation>上下文与目标</translation>
    </message>
    <message>
        <source>error</source>
        <translation>误差</translation>
    </message>
    <message>
        <source>heat, step by step</source>
        <translation>热扩散，逐步</translation>
    </message>
    <message>
        <source>without colour</source>
        <translation>去掉颜色</translation>
    </message>
    <message>
        <source>annealed mean</source>
        <translation>退火均值</translation>
    </message>
    <message>
        <source>true colours</source>
        <translation>真实颜色</translation>
    </message>
    <message>
        <source>question</source>
        <translation>题目</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>答案</translation>
    </message>
    <message>
        <source>halved</source>
        <translation>缩小一半</translation>
    </message>
    <message>
        <source>tiles</source>
        <translation>拼块</translation>
    </message>
    <message>
        <source>whole and parts</source>
        <translation>整体与部分</translation>
    </message>
    <message>
        <source>which whole</source>
        <translation>属于哪个整体</translation>
    </message>
    <message>
        <source>samples of a patch</source>
        <translation>图块的样本</translation>
    </message>
    <message>
        <source>around the hole</source>
        <translation>空洞周围</translation>
    </message>
    <message>
        <source>puzzle</source>
        <translation>拼图</translation>
    </message>
    <message>
        <source>montage</source>
        <translation>拼贴图</translation>
    </message>
    <message>
        <source>nearest patches</source>
        <translation>最近的图块</translation>
    </message>
    <message>
        <source>training images</source>
        <translation>训练图像</translation>
    </message>
    <message>
        <source>reconstruction</source>
        <translation>重建</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
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
        <source>Share of labels</source>
        <translation>标签比例</translation>
    </message>
    <message>
        <source>semi-supervised, few labels, label fraction</source>
        <translation>半监督, 少量标签, 标签比例</translation>
    </message>
    <message>
        <source>Layer of the projection head from whose output the classes are predicted; later layers are dropped. 0 is the encoder&apos;s output, as in SimCLR; 1 is best in the paper with few labels. The last layer has lost most about classes.</source>
        <translation>从投影头的哪一层输出预测类别；其后的层被去掉。0 是编码器的输出，与 SimCLR 相同；论文中标签很少时 1 最好。最后一层丢失的类别信息最多。</translation>
    </message>
    <message>
        <source>Share of fine-tuning</source>
        <translation>微调的占比</translation>
    </message>
    <message>
        <source>Share of the run&apos;s steps for fine-tuning.</source>
        <translation>运行步数中用于微调的比例。</translation>
    </message>
    <message>
        <source>Share of distillation</source>
        <translation>蒸馏的占比</translation>
    </message>
    <message>
        <source>Layers of the projection head, as wide as the encoder&apos;s output; 3 in the paper, 2 in SimCLR.</source>
        <translation>投影头的层数，与编码器输出同宽；论文中为 3，SimCLR 为 2。</translation>
    </message>
    <message>
        <source>How much of the key encoder stays at each step. .999 in the paper&apos;s long runs, .99 in its CIFAR recipe; 0 copies the query encoder and fails (Sec. 4.1), 1 never moves.</source>
        <translation>每一步保留多少 key 编码器。论文的长训练为 .999，其 CIFAR 方案为 .99；0 等于复制 query 编码器而失败（4.1 节），1 则永不移动。</translation>
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
        <source>Side of a patch as a share of the image&apos;s: about 80 of 260 px in the paper, larger than CPC&apos;s 64 of 256 (Fig. 3, LP). Large patches show more and overlap more; .28 is the largest at which rows two apart share no pixel in a grid of 6.</source>
        <translation>图块边长占图像边长的比例：论文中约为 260 px 中的 80 px，大于 CPC 的 256 px 中的 64 px（图 3，LP）。图块大则内容多、重叠也多；在 6 × 6 的网格中，.28 是相隔两行的图块仍无共同像素的最大值。</translation>
    </message>
    <message>
        <source>Nearest rows that are not predicted: 2 in the paper&apos;s code, for its larger patches overlap further. With 0 the task is solved by comparing the pixels that rows share.</source>
        <translation>不作预测的最近行数：论文代码中为 2，因为其更大的图块重叠更远。设为 0 时，只需比较各行共有的像素即可完成任务。</translation>
    </message>
    <message>
        <source>Factor of the predictions before the dot product; .1 in the paper&apos;s code, where few steps learn slower.</source>
        <translation>点积之前预测所乘的系数；论文代码中为 .1，步数少时学得较慢。</translation>
    </message>
    <message>
        <source>Normalisation in a ResNet. The paper found that patches know of each other through batch statistics and took layer normalisation (Fig. 3, LN). Small encoders learn faster with batch. A ViT has layer normalisation in any case.</source>
        <translation>ResNet 中的归一化。论文发现图块会通过批统计量互相知晓，因而改用层归一化（图 3，LN）。小型编码器用批归一化学得更快。ViT 本来就使用层归一化。</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Adversarial</source>
        <translation>对抗</translation>
    </message>
    <message>
        <source>Overlap</source>
        <translation>重叠</translation>
    </message>
    <message>
        <source>Rim weight</source>
        <translation>边缘带权重</translation>
    </message>
    <message>
        <source>Weight of that rim in the squared error; 10 in the paper. With 0 there is no rim, and seams show.</source>
        <translation>平方误差中边缘带的权重；论文为 10。取 0 时没有边缘带，接缝可见。</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>宽度</translation>
    </message>
    <message>
        <source>Channels of the decoder&apos;s first up-convolution, halved at each doubling; 512 in the official code.</source>
        <translation>解码器第一个上卷积的通道数，每次尺寸加倍时减半；官方代码为 512。</translation>
    </message>
    <message>
        <source>Rebalance</source>
        <translation>再平衡</translation>
    </message>
    <message>
        <source>Lambda of the class rebalancing: colours are weighted against their frequency, mixed with so much of a uniform one; .5 in the paper. At 1 all count alike and dull backgrounds rule: pictures stay grey. At 0 the rarest colours drown the rest. Try this first.</source>
        <translation>类别再平衡的 lambda：颜色按频率的倒数加权，频率中先混入这一比例的均匀分布；论文为 .5。取 1 时所有颜色同等重要，暗淡的背景占主导：图片保持灰色。取 0 时最罕见的颜色会压倒其余颜色。建议先调这一项。</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>细节</translation>
    </message>
    <message>
        <source>Neighbours</source>
        <translation>近邻</translation>
    </message>
    <message>
        <source>A true colour is shared among so many nearest bins; 5 in the paper, 10 in its code. With 1 two almost equal colours can be two classes as different as red and blue.</source>
        <translation>真实颜色分给多少个最近的颜色格；论文为 5，其代码为 10。取 1 时，两种几乎相同的颜色可能成为如红与蓝那样不同的两个类别。</translation>
    </message>
    <message>
        <source>bins</source>
        <translation>格</translation>
    </message>
    <message>
        <source>Width of the Gaussian by which it is shared: half a bin&apos;s side, as in the paper; large blurs classes.</source>
        <translation>分配所用高斯的宽度：与论文相同，为颜色格边长的一半；大值会使类别模糊。</translation>
    </message>
    <message>
        <source>For the pictures alone: how far a distribution is sharpened before its mean is taken as the colour. .38 in the paper; 1 is the plain mean, brownish where the network hesitates; near 0 the likeliest colour, vivid and patchy.</source>
        <translation>仅用于图片：取均值作为颜色之前，把分布锐化到什么程度。论文为 .38；1 为普通均值，网络犹豫之处偏褐色；接近 0 则为可能性最大的颜色，鲜艳而斑驳。</translation>
    </message>
    <message>
        <source>Channels of the decoder; 256 in the paper&apos;s larger network.</source>
        <translation>解码器的通道数；论文的较大网络为 256。</translation>
    </message>
    <message>
        <source>Side of a seed patch as a share of the image&apos;s; 32 of 96 px in the paper. It is enlarged to the size of the views. Large ones show whole objects, as the features are used later; small ones parts and textures.</source>
        <translation>种子图块的边长，以图像边长的比例表示；论文为 96 px 中的 32 px。它会放大到视图的尺寸。大图块显示完整的物体，与特征之后的用法一致；小图块显示局部和纹理。</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类别数</translation>
    </message>
    <message>
        <source>How many surrogate classes at most, each a patch of another image as long as there are images; the rest of the images are left out. The paper gains up to about 8,000, in long training; in minutes fewer are learned better. Try this first.</source>
        <translation>替代类别的数量上限；只要图像够用，每个类别都是另一张图像的图块，其余图像不用。在长时间训练中，论文到约 8,000 类仍有提升；在几分钟内，较少的类别学得更好。建议先调这一项。</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Patches</source>
        <translation>图块数</translation>
    </message>
    <message>
        <source>Seed patches of an image at most, where there are more classes than images. Large patches of one image overlap and are hard to tell apart.</source>
        <translation>类别数多于图像数时，每张图像最多取多少个种子图块。同一图像的大图块相互重叠，难以区分。</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Samples of each patch in a batch. More show the network at once what must not matter, for as much more time a step.</source>
        <translation>批次中每个图块的样本数。多则能让网络一次看到哪些变化无关紧要，每步用时也相应增加。</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>设备数</translation>
    </message>
    <message>
        <source>How many devices train the run together, each on its share of every batch: GPUs of this machine, or with `cpu` as many processes. The losses are those of one device. Such a run starts from the command line; torchrun spreads one over several machines.</source>
        <translation>多少个设备共同训练这次运行，每个设备处理每个批次中自己的一份：本机的 GPU，或在 `cpu` 下为同样数量的进程。损失与单个设备相同。这样的运行从命令行启动；torchrun 可将其分布到多台机器。</translation>
    </message>
    <message>
        <source>several GPUs, multi-GPU, distributed, data parallel, DDP, ranks, torchrun, NCCL, gloo, world size</source>
        <translation>多显卡, 多卡, 分布式, 数据并行, 多机</translation>
    </message>
    <message>
        <source>Encoder architecture. resnet10_narrow, vit_micro and convvit_micro (convolutions, then a ViT) are sized for a CPU. pixel_encoder is that of agents: four convolutions and a linear layer on the whole map, which keeps positions. timm/NAME and torchvision/NAME: any encoder of these libraries, its weights drawn anew. path/to/file.py:ClassName: a torch.nn.Module of your own, whose file is copied into the run; plugin/NAME: one of another package.</source>
        <translation>编码器结构。resnet10_narrow、vit_micro 和 convvit_micro（先卷积，再 ViT）的大小适合 CPU。pixel_encoder 是智能体所用的编码器：四个卷积层，再加一个作用于整张特征图的线性层，因此保留位置。timm/NAME 和 torchvision/NAME：这些库中的任意编码器，权重重新随机初始化。path/to/file.py:ClassName：你自己的 torch.nn.Module，其文件会复制到运行中；plugin/NAME：其他软件包中的编码器。</translation>
    </message>
    <message>
        <source>encoder, network, model, architecture, ResNet, ViT, transformer, timm, torchvision, ConvNeXt, EfficientNet, Swin, own, custom, file, nn.Module</source>
        <translation>编码器, 网络, 模型, 结构, ResNet, ViT, transformer, timm, torchvision, ConvNeXt, EfficientNet, Swin, 自己的, 自定义, 文件, nn.Module</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Of an encoder of your own: the arguments with which its class is called, as Python writes them: width=64, norm=&apos;batch&apos;. An argument img_size, image_size or input_size that is not given here gets the side of the views.</source>
        <translation>用于你自己的编码器：调用其类时的参数，按 Python 的写法：width=64, norm=&apos;batch&apos;。若有参数 img_size、image_size 或 input_size 而这里没有给出，则取视图的边长。</translation>
    </message>
    <message>
        <source>constructor, keyword arguments, kwargs, own encoder</source>
        <translation>构造函数, 关键字参数, kwargs, 自己的编码器</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>The code of an encoder of your own. Written by the program: it follows the file.</source>
        <translation>你自己的编码器的代码。由程序写入：取自文件。</translation>
    </message>
    <message>
        <source>The file and class that were copied.</source>
        <translation>所复制的文件和类。</translation>
    </message>
    <message>
        <source>Sha256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Check sum of the copied code.</source>
        <translation>所复制代码的校验和。</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>The copied code.</source>
        <translation>所复制的代码。</translation>
    </message>
    <message>
        <source>Weight decay; biases and normalisation layers are left out. AdamW takes rate times decay off the weights at each step: the default, 1e-4 at a rate of .002, takes a five-thousandth off in a thousand steps and is in effect off.</source>
        <translation>权重衰减；不作用于偏置和归一化层。AdamW 每步从权重中减去学习率乘以衰减：默认值（学习率 0.002 时为 1e-4）一千步只减去五千分之一，实际上等于关闭。</translation>
    </message>
    <message>
        <source>Weight decay at the end</source>
        <translation>结束时的权重衰减</translation>
    </message>
    <message>
        <source>Weight decay at the end: it moves there from the other, above 0, along half a cosine over the run, as DINO&apos;s and I-JEPA&apos;s, from .04 to .4. `constant`: the same for the whole run.</source>
        <translation>结束时的权重衰减：在整个运行中从另一个大于 0 的值沿半个余弦变化到此值，如 DINO 和 I-JEPA 从 0.04 到 0.4。`constant`：整个运行中不变。</translation>
    </message>
    <message>
        <source>L2, regularisation, wd, schedule</source>
        <translation>L2, 正则化, wd, 调度</translation>
    </message>
    <message>
        <source>constant</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>Rate of biases</source>
        <translation>偏置的学习率</translation>
    </message>
    <message>
        <source>Learning rate of biases and normalisation layers, as a share of that of the other weights. Barlow Twins takes .024 with LARS, which scales the steps of matrices alone.</source>
        <translation>偏置和归一化层的学习率，以其他权重学习率的比例表示。Barlow Twins 在 LARS 下取 0.024，而 LARS 只缩放矩阵的步长。</translation>
    </message>
    <message>
        <source>LARS, bias, batch norm, learning rate</source>
        <translation>LARS, 偏置, 批归一化, 学习率</translation>
    </message>
    <message>
        <source>An encoder from random weights learns the whitened features of a trained one, its teacher, and then fine-tunes better.</source>
        <translation>从随机权重开始的编码器学习其教师（一个训练好的编码器）经白化的特征，之后微调效果更好。</translation>
    </message>
    <message>
        <source>Every view predicts the mean of all views, while centre, scale and shape of the embeddings are those of a standard normal.</source>
        <translation>每个视图预测所有视图的均值，同时嵌入的中心、尺度和形状被约束为标准正态分布。</translation>
    </message>
    <message>
        <source>Read the patches of an image row by row and predict the embedding of the next one, with a stop-gradient and nothing else.</source>
        <translation>逐行读取图像的图块，预测下一个图块的嵌入，只用停止梯度，别无其他。</translation>
    </message>
    <message>
        <source>Masked images: MAE on Shapes, ViT-micro, 30 epochs</source>
        <translation>掩码图像：MAE，Shapes，ViT-micro，30 轮</translation>
    </message>
    <message>
        <source>SimSiam, 2011.10566, Fig. 2: the deviation falls to 0 without stop-gradient. Measured: SimSiam without stop-gradient and VICReg without variance crowd together (uniformity above -.11) and lose kNN within 150 steps; no healthy run does both.</source>
        <translation>SimSiam，2011.10566，图 2：没有 stop-gradient 时，标准差降到 0。实测：没有 stop-gradient 的 SimSiam 与没有方差项的 VICReg 在 150 步之内挤成一团（均匀性高于 -.11），并且 kNN 下降；没有一个健康的运行两者兼有。</translation>
    </message>
    <message>
        <source>Nothing keeps the embeddings apart, and to predict them is easy: raise the weight of the regulariser (method.weight).</source>
        <translation>没有什么使嵌入彼此分开，而预测它们很容易：请提高正则项的权重（method.weight）。</translation>
    </message>
    <message>
        <source>Strengthen what spreads the dimensions (variance or covariance term, more negatives, a lower temperature), use a wider projector, or weaken the augmentation. Where dimensions died, lower optim.lr.</source>
        <translation>请加强使各维度分散的机制（方差项或协方差项、更多负样本、更低的温度），使用更宽的 projector，或减弱数据增强。若有维度失活，请降低 optim.lr。</translation>
    </message>
    <message>
        <source>Jing et al., Understanding Dimensional Collapse, 2110.09348; RankMe, 2210.02885. Measured: SimCLR at a learning rate of 10 keeps an eighth of its rank and loses a tenth of its dimensions.</source>
        <translation>Jing 等，Understanding Dimensional Collapse，2110.09348；RankMe，2210.02885。实测：学习率为 10 的 SimCLR 只保留八分之一的秩，并失去十分之一的维度。</translation>
    </message>
    <message>
        <source>Doersch et al., 1505.05192, Sec. 3.1; Noroozi and Favaro, 1603.09246, Sec. 4. The rule asks for a loss of .05: Jigsaw with all that the paper has against shortcuts ended .02 below the untrained encoder.</source>
        <translation>Doersch 等，1505.05192，3.1 节；Noroozi 和 Favaro，1603.09246，4 节。此规则要求下降 .05：Jigsaw 用上论文中针对捷径的全部措施后，结束时仍比未训练的编码器低 .02。</translation>
    </message>
    <message>
        <source>After {step:.0f} steps nothing has improved: the loss stays at {loss:.3g}, and kNN is where it was at the start.</source>
        <translation>{step:.0f} 步之后没有改进：损失停在 {loss:.3g}，kNN 仍与开始时相同。</translation>
    </message>
    <message>
        <source>Raise optim.lr, check that the views keep the content and that a teacher is updated, or train longer: some methods stay on a plateau for a while.</source>
        <translation>请提高 optim.lr，检查视图是否保留了内容、教师网络是否在更新，或再等一段时间：有些方法会在此停留一阵。</translation>
    </message>
    <message>
        <source>A run on {devices} devices starts from the command line: python -m engine train CONFIG.yaml. The list of runs shows it here, too.</source>
        <translation>在 {devices} 个设备上的运行从命令行启动：python -m engine train CONFIG.yaml。运行列表也会在这里显示它。</translation>
    </message>
    <message>
        <source>The file of {encoder} is another than the copy of its code in these settings. The copy is used. To take the file as it is now, set backbone.module to null, or choose the file again.</source>
        <translation>{encoder} 的文件与这些设置中的代码副本不同。将使用副本。若要使用文件现在的内容，请将 backbone.module 设为 null，或重新选择该文件。</translation>
    </message>
    <message>
        <source>plan</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>prediction</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>predictions</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>weights of the negatives</source>
        <translation>负样本的权重</translation>
    </message>
    <message>
        <source>predicted as</source>
        <translation>预测为</translation>
    </message>
    <message>
        <source>quantiles</source>
        <translation>分位数</translation>
    </message>
    <message>
        <source>visual tokens</source>
        <translation>视觉 token</translation>
    </message>
    <message>
        <source>reconstruction from the visual tokens</source>
        <translation>由视觉 token 重建</translation>
    </message>
    <message>
        <source>predicted visual tokens</source>
        <translation>预测的视觉 token</translation>
    </message>
    <message>
        <source>reconstruction from the prediction</source>
        <translation>由预测重建</translation>
    </message>
    <message>
        <source>teacher&apos;s assignments</source>
        <translation>教师的分配</translation>
    </message>
    <message>
        <source>student&apos;s assignments</source>
        <translation>学生的分配</translation>
    </message>
    <message>
        <source>similarity of the teacher&apos;s features to the prediction</source>
        <translation>教师特征与预测的相似度</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Of a folder of videos: whether the sound of the files is read, too, mixed to one channel, a quarter of a second at most around each frame. `auto`: where one of a few files has sound.</source>
        <translation>用于视频文件夹：是否也读取文件的声音，混为单声道，每帧前后最多取四分之一秒。`auto`：抽查的几个文件中有一个带声音时读取。</translation>
    </message>
    <message>
        <source>audio, audio track, microphone</source>
        <translation>音频, 音轨, 麦克风</translation>
    </message>
    <message>
        <source>Frozen layers</source>
        <translation>冻结的层</translation>
    </message>
    <message>
        <source>How many of the encoder&apos;s first layers keep the weights that they begin with; their normalisation keeps its statistics. A layer is the stem, a block or a stage; of a ViT, the projection of its patches is the first. With weights to begin with this costs less memory and time, and keeps what the first layers know.</source>
        <translation>编码器前多少层保持其初始权重不变；这些层的归一化也保持其统计量。一层是指stem、一个块或一个阶段；对 ViT 而言，图块的投影是第一层。若从已有权重开始，这样更省内存和时间，并保留前几层已学到的内容。</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>freeze, fixed, fine-tuning, transfer, continue</source>
        <translation>冻结, 固定, 微调, 迁移, 继续训练</translation>
    </message>
    <message>
        <source>A built-in set (shapes, digits), a torchvision set (cifar10, stl10, ...), a folder of images or videos, WebDataset shards (.tar), a folder of a Hugging Face dataset or an .npz file.</source>
        <translation>内置数据集（shapes、digits）、torchvision 数据集（cifar10、stl10 等）、图像或视频文件夹、WebDataset 分片（.tar）、Hugging Face 数据集文件夹或 .npz 文件。</translation>
    </message>
    <message>
        <source>dataset, images, folder, pictures, photographs, video, clips, tar, webdataset, shards, hugging face, arrow, parquet</source>
        <translation>数据集, 图像, 文件夹, 图片, 照片, 视频, 片段, tar, webdataset, 分片, hugging face, arrow, parquet</translation>
    </message>
    <message>
        <source>Estimate flow</source>
        <translation>估计光流</translation>
    </message>
    <message>
        <source>Of a folder of videos: whether the motion of each pixel from one frame of a clip to the next is estimated. It takes longer and more than twice the space, and means something where the frames are near in time.</source>
        <translation>用于视频文件夹：是否估计每个像素从片段的一帧到下一帧的运动。耗时更长，所占空间为两倍以上；仅在各帧时间相近时才有意义。</translation>
    </message>
    <message>
        <source>optical flow, motion, OpenCV, DIS</source>
        <translation>光流, 运动, OpenCV, DIS</translation>
    </message>
    <message>
        <source>Rate of the encoder</source>
        <translation>编码器的学习率</translation>
    </message>
    <message>
        <source>Learning rate of the encoder, as a share of that of the method&apos;s heads. Below 1 an encoder that begins with weights keeps more of them while the heads, which are drawn anew, learn.</source>
        <translation>编码器的学习率，以方法各头部学习率的比例表示。小于 1 时，从已有权重开始的编码器会更多地保留这些权重，而重新随机初始化的头部照常学习。</translation>
    </message>
    <message>
        <source>backbone learning rate, differential, discriminative, fine-tuning, continue</source>
        <translation>骨干网络学习率, 差分学习率, 判别式学习率, 微调, 继续训练</translation>
    </message>
    <message>
        <source>Rate by layer</source>
        <translation>逐层学习率</translation>
    </message>
    <message>
        <source>Learning rate of each of the encoder&apos;s layers, as a share of that of the layer after it; 1 for the same rate in all. A layer is the stem, a block or a stage. BEiT takes .65 to .75 for fine-tuning.</source>
        <translation>编码器每一层的学习率，以其后一层学习率的比例表示；1 表示各层相同。一层是指stem、一个块或一个阶段。BEiT 在微调时取 0.65 到 0.75。</translation>
    </message>
    <message>
        <source>layer-wise learning rate decay, LLRD, BEiT, fine-tuning, continue</source>
        <translation>逐层学习率衰减, LLRD, BEiT, 微调, 继续训练</translation>
    </message>
    <message>
        <source>From one visible block predict to which clusters a slow copy of the encoder assigns the hidden patches.</source>
        <translation>由一块可见区域，预测编码器的缓慢副本把被遮住的图块分到哪些簇。</translation>
    </message>
    <message>
        <source>A world to act in: move a disc to where a picture shows it. Nothing else moves: for models that plan.</source>
        <translation>一个可行动的世界：把圆盘移到一张图片所示的位置。其余都不动：适合会规划的模型。</translation>
    </message>
    <message>
        <source>clusters</source>
        <translation>簇</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>atlas</source>
        <translation>簇图册</translation>
    </message>
    <message>
        <source>PCA of the teacher&apos;s features</source>
        <translation>教师特征的 PCA</translation>
    </message>
    <message>
        <source>targets of each layer</source>
        <translation>各层的目标</translation>
    </message>
    <message>
        <source>first quarter</source>
        <translation>前四分之一</translation>
    </message>
    <message>
        <source>first half</source>
        <translation>前一半</translation>
    </message>
    <message>
        <source>first three quarters</source>
        <translation>前四分之三</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>余弦</translation>
    </message>
    <message>
        <source>most likely colour</source>
        <translation>最可能的颜色</translation>
    </message>
    <message>
        <source>uncertainty in red</source>
        <translation>不确定性（红色）</translation>
    </message>
    <message>
        <source>predicted and true colours</source>
        <translation>预测颜色与真实颜色</translation>
    </message>
    <message>
        <source>sorted by count</source>
        <translation>按计数排序</translation>
    </message>
    <message>
        <source>reassembled by the prediction</source>
        <translation>按预测复原</translation>
    </message>
    <message>
        <source>accuracy by position, in red</source>
        <translation>各位置的准确率（红色）</translation>
    </message>
    <message>
        <source>rotated</source>
        <translation>旋转后</translation>
    </message>
    <message>
        <source>rotated back by the prediction</source>
        <translation>按预测转回</translation>
    </message>
    <message>
        <source>a baseline without a paper of its own, in which nothing is trained</source>
        <translation>没有自己论文的基线，不训练任何参数</translation>
    </message>
    <message>
        <source>a baseline without a paper of its own</source>
        <translation>没有自己论文的基线</translation>
    </message>
    <message>
        <source>the estimator has no recipe for images</source>
        <translation>该估计方法没有用于图像的训练配方</translation>
    </message>
    <message>
        <source>of 2006, with networks of its own: no recipe for the encoders here</source>
        <translation>2006 年的方法，使用自己的网络：对这里的编码器没有配方</translation>
    </message>
    <message>
        <source>its official code trains by SAC, this program by double DQN: the settings do not carry over</source>
        <translation>其官方代码用 SAC 训练，本程序用 double DQN：设置无法照搬</translation>
    </message>
    <message>
        <source>no code of its authors was found, and the text of its paper was not at hand; it changes the views and the negatives of MoCo v2, which has a recipe</source>
        <translation>未找到作者的代码，也未能读到论文正文；它改变的是 MoCo v2 的视图和负样本，而 MoCo v2 有配方</translation>
    </message>
    <message>
        <source>the text of its paper, with its code, was not at hand; the method&apos;s settings name what is known of its network</source>
        <translation>未能读到论文正文及其中的代码；该方法的设置里写明了其网络的已知部分</translation>
    </message>
    <message>
        <source>no code of its authors was found, and the text of its paper was not at hand, but for its abstract: 200 epochs of ImageNet with a batch of 256</source>
        <translation>未找到作者的代码，也未能读到论文正文，只有摘要：ImageNet 200 轮，批大小 256</translation>
    </message>
    <message>
        <source>no code of its authors was found, and the text of its paper was not at hand, but for quotations: a projector of 2,048, 2,048 and 256, and a queue of 98,304</source>
        <translation>未找到作者的代码，也未能读到论文正文，只有引文：投影头宽度为 2,048、2,048 和 256，队列长度为 98,304</translation>
    </message>
    <message>
        <source>no code of its authors was found, and the text of its paper was not at hand</source>
        <translation>未找到作者的代码，也未能读到论文正文</translation>
    </message>
    <message>
        <source>a method of another package</source>
        <translation>来自其他软件包的方法</translation>
    </message>
    <message>
        <source>Try this first. Share of the training labels that fine-tuning uses, as many of each class, at least one; .01 and .1 in the paper. The other labels are never given to the method.</source>
        <translation>先试这一项。微调使用的训练标签比例，每个类别数量相同，至少一个；论文中为 .01 和 .1。其余标签从不交给该方法。</translation>
    </message>
    <message>
        <source>From layer</source>
        <translation>起始层</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>教师</translation>
    </message>
    <message>
        <source>Network that is pretrained and fine-tuned. `same`: the encoder itself, which then learns from its tuned copy, from its pretrained weights on. Any other is a network beside the encoder, which is drawn anew and learns by distillation alone; until then the encoder&apos;s own figures do not change.</source>
        <translation>被预训练和微调的网络。`same`：编码器本身，随后它从预训练权重出发，向自己微调后的副本学习。其他选项是编码器之外的另一个网络：编码器重新初始化，只通过蒸馏学习；在此之前编码器自身的指标不变。</translation>
    </message>
    <message>
        <source>Share of the run&apos;s steps for distillation, the last.</source>
        <translation>运行步数中用于蒸馏的比例，在最后。</translation>
    </message>
    <message>
        <source>Softmax temperature tau of the contrast; .1 in the paper. Small values weight only the hardest negatives, large ones weight all equally.</source>
        <translation>对比损失的 softmax 温度 tau；论文中为 .1。较小的值只加权最难的负样本，较大的值对所有负样本一视同仁。</translation>
    </message>
    <message>
        <source>Head layers</source>
        <translation>头部层数</translation>
    </message>
    <message>
        <source>Learning rate of fine-tuning</source>
        <translation>微调的学习率</translation>
    </message>
    <message>
        <source>Peak learning rate of fine-tuning, by SGD with momentum. Too large a rate forgets what was pretrained.</source>
        <translation>微调的最高学习率，使用带动量的 SGD。过大的学习率会忘掉预训练学到的内容。</translation>
    </message>
    <message>
        <source>Learning rate of distillation</source>
        <translation>蒸馏的学习率</translation>
    </message>
    <message>
        <source>Peak learning rate of distillation, by AdamW.</source>
        <translation>蒸馏的最高学习率，使用 AdamW。</translation>
    </message>
    <message>
        <source>Distillation temperature</source>
        <translation>蒸馏温度</translation>
    </message>
    <message>
        <source>Temperature of the teacher&apos;s and the student&apos;s probabilities; 1 in the official code. A larger one weights the small probabilities more.</source>
        <translation>教师和学生概率的温度；官方代码中为 1。较大的值使小概率的权重更大。</translation>
    </message>
    <message>
        <source>Weight of the teacher&apos;s probabilities in distillation; the rest is the weight of the labels (Eq. 3). At 1, as in the paper for few labels, no label is used there.</source>
        <translation>蒸馏中教师概率的权重；其余为标签的权重（式 3）。为 1 时（论文中标签很少的情形）蒸馏不使用标签。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, as in MoCo v2.</source>
        <translation>Softmax 温度 τ，与 MoCo v2 相同。</translation>
    </message>
    <message>
        <source>How much of the key encoder stays at each step. .999 in MoCo&apos;s long runs; 0 copies the query encoder, 1 never moves.</source>
        <translation>键编码器每一步保留多少。MoCo 的长时间训练取 .999；0 复制查询编码器，1 从不移动。</translation>
    </message>
    <message>
        <source>Keys in the queue. A queue longer than the data contains old keys of the same image.</source>
        <translation>队列中的键数。队列比数据长时，会含有同一图像的旧键。</translation>
    </message>
    <message>
        <source>Background swaps</source>
        <translation>背景交换</translation>
    </message>
    <message>
        <source>BG_Swaps: one more negative for each query, another image&apos;s object before the query&apos;s own background. Off leaves MoCo v2 with the backgrounds that its views are given.</source>
        <translation>BG_Swaps：每个查询多一个负样本，即位于查询自身背景前的另一图像的物体。关闭后即为使用其视图所给背景的 MoCo v2。</translation>
    </message>
    <message>
        <source>Width of the MLP head; 2,048 for a ResNet-50.</source>
        <translation>MLP 头的宽度；ResNet-50 取 2,048。</translation>
    </message>
    <message>
        <source>Width of the hidden layer of each head; without one a head is one linear map, as in the paper, which is older than hidden ones.</source>
        <translation>每个头的隐藏层宽度；没有隐藏层则头是一个线性映射，如论文所述，当时还没有隐藏层。</translation>
    </message>
    <message>
        <source>Spread</source>
        <translation>分散</translation>
    </message>
    <message>
        <source>Largest norm of each parameter&apos;s gradient, clipped parameter by parameter.</source>
        <translation>每个参数梯度的最大范数，逐参数裁剪。</translation>
    </message>
    <message>
        <source>Teacher, weights</source>
        <translation>教师，权重</translation>
    </message>
    <message>
        <source>In place of a run: a file of weights, or published weights by name, of a foundation model for example (DINOv2, DINOv3, CLIP): timm/vit_small_patch14_dinov2.lvd142m. Images are resized for it, so that each cell of the student has a patch of the teacher.</source>
        <translation>代替运行：权重文件，或按名称给出的已发布权重，例如基础模型（DINOv2、DINOv3、CLIP）：timm/vit_small_patch14_dinov2.lvd142m。图像会为教师缩放，使学生的每个单元对应教师的一个图块。</translation>
    </message>
    <message>
        <source>foundation model, DINOv2, DINOv3, CLIP, pretrained, checkpoint, Hugging Face, timm</source>
        <translation>基础模型, DINOv2, DINOv3, CLIP, 预训练, 检查点, Hugging Face, timm</translation>
    </message>
    <message>
        <source>Teacher, encoder</source>
        <translation>教师，编码器</translation>
    </message>
    <message>
        <source>Of weights whose file does not tell its encoder: the name of that, timm/vit_small_patch16_dinov3 for example.</source>
        <translation>若权重文件看不出其编码器：编码器的名称，例如 timm/vit_small_patch16_dinov3。</translation>
    </message>
    <message>
        <source>The teacher&apos;s encoder. Written by the program: it follows the run or the weights.</source>
        <translation>教师的编码器。由程序写入：取自运行或权重。</translation>
    </message>
    <message>
        <source>Weight lambda of the regulariser, 1 - lambda that of the prediction: .9 for a ViT-B and .8 for a ViT-L on ImageNet, .6 on ten classes in the official code. With 0 all embeddings collapse, with 1 the views are not compared. Try this first.</source>
        <translation>正则项的权重 lambda，预测的权重为 1 - lambda：官方代码在 ImageNet 上对 ViT-B 用 .9，对 ViT-L 用 .8，在十个类别上用 .6。为 0 时所有嵌入坍缩，为 1 时不比较视图。建议先调这一项。</translation>
    </message>
    <message>
        <source>Random directions on which the embeddings are projected and sorted, new ones at each step; 4,096 in the official code. Many take more time.</source>
        <translation>嵌入在其上投影并排序的随机方向数，每一步重新抽取；官方代码为 4,096。越多越费时间。</translation>
    </message>
    <message>
        <source>Width of the projector; 2,048 in the official code.</source>
        <translation>projector 的宽度；官方代码为 2,048。</translation>
    </message>
    <message>
        <source>Size of the embedding; a third of the encoder&apos;s width in the official code, 256 for a ViT-B.</source>
        <translation>嵌入的维数；官方代码为编码器宽度的三分之一，ViT-B 为 256。</translation>
    </message>
    <message>
        <source>Weight of the deviations&apos; distance from 1 within the regulariser; 1 in the official code. With 0 the embeddings can shrink to a point, because the shape is measured after division by the deviations.</source>
        <translation>正则项中标准差与 1 的距离的权重；官方代码为 1。为 0 时嵌入可能收缩成一点，因为形状是在除以标准差之后衡量的。</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Weight of the distance from a normal distribution within the regulariser; 1 in the official code. With 0 dimensions can be equal.</source>
        <translation>正则项中与正态分布的距离的权重；官方代码为 1。为 0 时各维度可能相同。</translation>
    </message>
    <message>
        <source>Centre</source>
        <translation>中心</translation>
    </message>
    <message>
        <source>Weight of the squared means within the regulariser; 1 in the official code.</source>
        <translation>正则项中均值平方的权重；官方代码为 1。</translation>
    </message>
    <message>
        <source>Earlier embeddings that join the batch when codes are made, for batches smaller than a few times K.</source>
        <translation>生成编码时与批次合在一起的先前嵌入，用于小于 K 的几倍的批次。</translation>
    </message>
    <message>
        <source>Share of the patches that is hidden, all but one block; .65 in the paper. Try this first: where little is hidden, the texture around gives the clusters; where nearly all is, nothing does.</source>
        <translation>被遮住的图块比例，只留一块区域；论文为 .65。建议先调这一项：遮得少时，周围的纹理就能给出簇；几乎全遮时，什么也给不出。</translation>
    </message>
    <message>
        <source>Number of clusters; 16,384 in the paper, for thousands of images a step. Sinkhorn-Knopp makes them equally large at each position of the batch: keep it near the batch size.</source>
        <translation>簇的数目；论文为 16,384，每步数千幅图像。Sinkhorn-Knopp 使它们在一批的每个位置上同样大：请保持与批大小相近。</translation>
    </message>
    <message>
        <source>Target temperature</source>
        <translation>目标温度</translation>
    </message>
    <message>
        <source>Temperature of the assignment to clusters; .06 in the paper: lower is nearer to one cluster a patch.</source>
        <translation>分配到簇的温度；论文为 .06：越低越接近每个图块只属一个簇。</translation>
    </message>
    <message>
        <source>Softmax temperature of the predictions, of student and clustering; .12 in the paper.</source>
        <translation>学生与聚类的预测的 softmax 温度；论文为 .12。</translation>
    </message>
    <message>
        <source>Iterations of Sinkhorn-Knopp; 3 in the paper.</source>
        <translation>Sinkhorn-Knopp 的迭代次数；论文为 3。</translation>
    </message>
    <message>
        <source>Where the teacher&apos;s momentum starts, rising to 1; .999 in the paper. At 1 it is not updated.</source>
        <translation>教师网络动量的起始值，逐渐升到 1；论文为 .999。为 1 时不更新。</translation>
    </message>
    <message>
        <source>Cluster learning rate</source>
        <translation>聚类学习率</translation>
    </message>
    <message>
        <source>Learning rate of the clustering, in rates of the encoder; .5 in the paper. At 0 it stays random.</source>
        <translation>聚类的学习率，以编码器的学习率为单位；论文为 .5。为 0 时保持随机。</translation>
    </message>
    <message>
        <source>Blocks of the predictor; 12 in the paper, half of the encoder&apos;s.</source>
        <translation>预测器的块数；论文为 12，是编码器的一半。</translation>
    </message>
    <message>
        <source>Attention heads of the predictor; must divide the encoder&apos;s width.</source>
        <translation>预测器的注意力头数；必须整除编码器的宽度。</translation>
    </message>
    <message>
        <source>Width of the first of the two layers between encoder and softmax.</source>
        <translation>编码器与 softmax 之间两层中第一层的宽度。</translation>
    </message>
    <message>
        <source>Width of the second, as in the paper&apos;s smallest network. Each class has a weight for each, so that the softmax over many classes soon takes more time than the encoder.</source>
        <translation>第二层的宽度，同论文的最小网络。每个类别对这一层的每一维各有一个权重，因此类别很多时，softmax 很快就比编码器更费时。</translation>
    </message>
    <message>
        <source>Dropout</source>
        <translation>Dropout</translation>
    </message>
    <message>
        <source>Share of the second layer switched off at random; .5 in the paper&apos;s long training.</source>
        <translation>第二层中随机关闭的比例；论文的长时间训练为 .5。</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Largest shift to either side, as a share of the patch. At 0 the place of an edge gives the class away.</source>
        <translation>向两侧平移的最大距离，以图块的比例表示。为 0 时，边缘的位置会泄露类别。</translation>
    </message>
    <message>
        <source>Largest factor of the patch&apos;s side; its inverse is the smallest. 1 is off: then size is a clue.</source>
        <translation>图块边长的最大倍数；其倒数为最小倍数。1 为关闭：这时大小成为线索。</translation>
    </message>
    <message>
        <source>Largest turn to either side. 0 is off: then direction is a clue.</source>
        <translation>向两侧旋转的最大角度。0 为关闭：这时方向成为线索。</translation>
    </message>
    <message>
        <source>Largest factor of the contrast along each principal colour of the pixels. 1 is off: then exact colours are a clue.</source>
        <translation>沿像素各主颜色方向的对比度的最大倍数。1 为关闭：这时精确的颜色成为线索。</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>幂</translation>
    </message>
    <message>
        <source>Largest power to which saturation and value are raised; its inverse is the smallest. 1 is off.</source>
        <translation>饱和度和明度所取的最大幂；其倒数为最小幂。1 为关闭。</translation>
    </message>
    <message>
        <source>Factor</source>
        <translation>倍数</translation>
    </message>
    <message>
        <source>Largest factor of saturation and value after that; its inverse is the smallest. 1 is off.</source>
        <translation>之后饱和度和明度所乘的最大倍数；其倒数为最小倍数。1 为关闭。</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>加减量</translation>
    </message>
    <message>
        <source>Most that is added to or taken from saturation and value. 0 is off.</source>
        <translation>饱和度和明度最多加上或减去多少。0 为关闭。</translation>
    </message>
    <message>
        <source>Largest turn of the hue, as a share of the circle. With no colour change at all, colour alone names the patch.</source>
        <translation>色相的最大转动，以整圈的比例表示。若完全没有颜色变化，仅凭颜色就能认出图块。</translation>
    </message>
    <message>
        <source>Patches across and down. 2 x 2 hold all 8 sides and leave each patch as large as can be, which a small image needs: at 3, those of a 32 px image show some 7 of its pixels, too few to know a thing by. 3 surround one patch, as in the paper.</source>
        <translation>横向和纵向的图块数。2 × 2 已包含全部 8 个方位，并使每个图块尽可能大，这正是小图像所需要的：取 3 时，32 px 图像的图块只显示约 7 个像素，不足以认出事物。取 3 时其余图块围绕中间一个，与论文相同。</translation>
    </message>
    <message>
        <source>Gap</source>
        <translation>间隙</translation>
    </message>
    <message>
        <source>Distance between two patches, as a share of a patch&apos;s side: about half in the paper. At 0 they touch, and lines that run on from one to the other give the place away. Wider gaps leave less of a small image for the patches.</source>
        <translation>两个图块之间的距离，以图块边长的比例表示：论文约为一半。为 0 时图块相接，从一块延伸到另一块的线条会泄露位置。间隙越宽，小图像留给图块的部分越少。</translation>
    </message>
    <message>
        <source>How far a patch may be shifted in all, as a share of its side; 7 of 96 px to either side in the paper. At 0 lines can be followed across a gap that is always the same.</source>
        <translation>图块总共可以移动多远，以其边长的比例表示；论文为向两侧各移动 96 px 中的 7 px。为 0 时间隙始终相同，可以跨过它追踪线条。</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>A lens bends colours apart towards the image&apos;s edge, and a network can read a patch&apos;s place from that alone. `drop` leaves one of the three colours, drawn for each patch; `project` takes green against magenta out of the image; `keep` leaves the shortcut open. The paper finds drop and project equally good.</source>
        <translation>镜头会使颜色朝图像边缘分离，网络仅凭这一点就能读出图块的位置。`drop` 只留下三种颜色中的一种，每个图块各自抽取；`project` 从图像中去掉绿与品红的对比；`keep` 保留这一捷径。论文发现 drop 和 project 效果相当。</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>丢弃比例</translation>
    </message>
    <message>
        <source>Share of the patches whose colours are dropped: all in the paper. Half here, so that the network also learns from colours as whole images have them, on which it is evaluated. At 0 the shortcut is open.</source>
        <translation>被丢弃颜色的图块比例：论文为全部。这里为一半，使网络也能从完整图像所具有的颜色中学习，因为评估用的就是完整图像。为 0 时保留捷径。</translation>
    </message>
    <message>
        <source>Normalise</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Bring each patch to mean 0 and deviation 1 of its own, as the official code does: else patches are joined by their brightness. Off here, for whole images, on which the network is evaluated, are not seen in that way.</source>
        <translation>与官方代码相同，使每个图块的均值为 0、标准差为 1：否则会靠亮度把图块连接起来。这里关闭，因为评估网络所用的完整图像并不是这样呈现的。</translation>
    </message>
    <message>
        <source>Width of the two layers that see both patches (fc7, fc8); 4096 in the paper.</source>
        <translation>同时看到两个图块的两层（fc7、fc8）的宽度；论文为 4096。</translation>
    </message>
    <message>
        <source>Permutations</source>
        <translation>排列数</translation>
    </message>
    <message>
        <source>In how many orders the tiles may lie, chosen as far apart as can be: the classes. 1000 in the paper, which finds 100 nearly as good; a run of minutes does not get far with more. Try this first: 10 is too easy to teach much.</source>
        <translation>拼块可以有多少种排列，各排列之间尽可能不同：它们就是类别。论文为 1000，并发现 100 几乎同样好；几分钟的运行用更多也走不远。建议先调这一项：10 太容易，学不到多少。</translation>
    </message>
    <message>
        <source>orders</source>
        <translation>种</translation>
    </message>
    <message>
        <source>Mean distance between two tiles, as a share of a tile&apos;s side; 11 of 64 px in the paper. At 0 the tiles touch, and lines that run on from one to the next solve the puzzle.</source>
        <translation>两个拼块之间的平均距离，以拼块边长的比例表示；论文为 64 px 中的 11 px。为 0 时拼块相接，从一块延伸到下一块的线条就能解开拼图。</translation>
    </message>
    <message>
        <source>How far a tile may be shifted, as a share of its side; 11 of 64 px in the paper: anywhere in its cell. At 0 all gaps are alike, and lines can be followed across them. Above the gap, tiles may overlap, which gives them away.</source>
        <translation>拼块可以移动多远，以其边长的比例表示；论文为 64 px 中的 11 px：可在单元内任意位置。为 0 时所有间隙相同，可以跨过它们追踪线条。大于“间隙”时拼块可能重叠，从而泄露位置。</translation>
    </message>
    <message>
        <source>Bring each tile to mean 0 and deviation 1 of its own, as the paper does: else neighbours are known by their brightness and colour. Off here, for the network then never sees colours as whole images have them, on which it is evaluated: in a run of minutes on CIFAR-10 that costs more than the shortcut does.</source>
        <translation>与论文相同，使每个拼块的均值为 0、标准差为 1：否则会靠亮度和颜色认出相邻的拼块。这里关闭，因为那样网络就看不到评估所用的完整图像所具有的颜色：在 CIFAR-10 上几分钟的运行中，这比捷径的损失更大。</translation>
    </message>
    <message>
        <source>Parted</source>
        <translation>颜色错位</translation>
    </message>
    <message>
        <source>How far the three colours of a tile are moved apart, as a share of its side; 2 of 64 px in the paper. A lens parts the colours towards the image&apos;s edge; at 0 a network can learn to read a tile&apos;s place from that. Small images hardly show it.</source>
        <translation>拼块的三种颜色相互错开多远，以其边长的比例表示；论文为 64 px 中的 2 px。镜头会使颜色朝图像边缘分离；为 0 时网络可以学会由此读出拼块的位置。小图像中几乎看不出来。</translation>
    </message>
    <message>
        <source>Puzzles</source>
        <translation>拼图数</translation>
    </message>
    <message>
        <source>Orders of each image&apos;s tiles in one step. Tiles are encoded once, so that more puzzles cost little; 1 in the paper, which comes to some 69 of each image over the run.</source>
        <translation>一步中每张图像的拼块使用多少种排列。拼块只编码一次，因此更多拼图代价很小；论文为 1，整个运行中每张图像约有 69 个拼图。</translation>
    </message>
    <message>
        <source>Tile dimension</source>
        <translation>拼块维度</translation>
    </message>
    <message>
        <source>Width of what each tile is reduced to before all are joined (fc6); 512 in the paper.</source>
        <translation>所有拼块连接之前，每个拼块被压缩到的宽度（fc6）；论文为 512。</translation>
    </message>
    <message>
        <source>Width of the layer that sees all tiles (fc7); 4096 in the paper.</source>
        <translation>看到所有拼块的层（fc7）的宽度；论文为 4096。</translation>
    </message>
    <message>
        <source>M, Eq. 3: how far, squared, the tiles&apos; sum must stay from the count of another image; 10 in the paper. Near 0 nothing need be counted and all counts fall to 0; large asks for many counts, so that images differ. Try this first.</source>
        <translation>M，式 3：拼块之和与另一图像的计数之间必须保持的距离的平方；论文为 10。接近 0 时无需计数，所有计数都降到 0；大值要求计数更多，使图像彼此不同。建议先调这一项。</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>计数种类</translation>
    </message>
    <message>
        <source>How many kinds of things are counted, the length of phi; 1,000 in the paper.</source>
        <translation>计数多少种事物，即 phi 的长度；论文为 1,000。</translation>
    </message>
    <message>
        <source>Width of the layer between encoder and counts; 4,096 in the paper&apos;s AlexNet.</source>
        <translation>编码器与计数之间的层的宽度；论文的 AlexNet 为 4,096。</translation>
    </message>
    <message>
        <source>Downsampling</source>
        <translation>下采样</translation>
    </message>
    <message>
        <source>How the whole image is made as small as a tile. Random draws one of the four for each image, as in the paper. With one alone the network can tell a whole from a tile by its sharpness and answer by that, without counting.</source>
        <translation>如何把整幅图像缩小到拼块的尺寸。与论文相同，随机方式为每张图像从四种方式中抽取一种。只用一种时，网络可凭清晰度分辨整幅图像与拼块，不必计数就能作答。</translation>
    </message>
    <message>
        <source>Patches across and down, m: an image is cut into m x m, and a montage holds as many; 2 in the paper. A patch becomes 1/m of the image&apos;s side, which small images bear only for 2 or 4. Set the count of the views&apos; first group to m x m, so that each patch has colours of its own.</source>
        <translation>横向和纵向的图块数 m：一张图像切成 m × m 块，一张拼贴图也容纳同样多块；论文为 2。图块的边长为图像的 1/m，小图像只能承受 2 或 4。请把视图第一组的“数量”设为 m × m，使每个图块有各自的颜色。</translation>
    </message>
    <message>
        <source>How much wider than 1/m of the image&apos;s side a patch is; .3 in the official recipe. At 0 patches of an image may show nothing in common; the larger, the less can it be told where a patch lay. Try this first.</source>
        <translation>图块比图像边长的 1/m 宽多少；官方方案为 .3。为 0 时，同一图像的图块可能没有共同内容；越大则越难判断图块原来的位置。建议先调这一项。</translation>
    </message>
    <message>
        <source>Crop min</source>
        <translation>裁剪最小</translation>
    </message>
    <message>
        <source>Smallest area of the random crop of each patch, as a share of the patch; .2 in the official code. 1 takes patches as they are: what overlaps is then the same pixel for pixel, and can be found by comparing corners.</source>
        <translation>每个图块随机裁剪的最小面积，以图块的比例表示；官方代码为 .2。1 表示原样使用图块：这时重叠部分逐像素相同，比较角落即可找到。</translation>
    </message>
    <message>
        <source>Probability that a patch is mirrored, each on its own, as in the official code.</source>
        <translation>图块被镜像翻转的概率，每个图块各自独立，同官方代码。</translation>
    </message>
    <message>
        <source>Shuffle</source>
        <translation>打乱</translation>
    </message>
    <message>
        <source>Mix the patches of the whole batch, any patch to any place. Off, each image&apos;s patches stay where they were, and both questions are answered by where a patch lies, not by what it shows: a shortcut.</source>
        <translation>把整批的图块混合，任意图块可到任意位置。关闭时，每张图像的图块留在原位，两个问题都可凭图块的位置而不是内容作答：这是捷径。</translation>
    </message>
    <message>
        <source>Softmax temperature tau of the clustering, Eq. 1; .3 in the official recipe. Small values look at the nearest alone.</source>
        <translation>聚类的 softmax 温度 tau，式 1；官方方案为 .3。小值只看最近的。</translation>
    </message>
    <message>
        <source>Clustering</source>
        <translation>聚类</translation>
    </message>
    <message>
        <source>Location</source>
        <translation>定位</translation>
    </message>
    <message>
        <source>Width of the clustering head&apos;s one hidden layer; 2,048 for the paper&apos;s ResNet-50.</source>
        <translation>聚类头唯一隐藏层的宽度；论文的 ResNet-50 为 2,048。</translation>
    </message>
    <message>
        <source>Size of the clustering head&apos;s output; 128 in the official code.</source>
        <translation>聚类头输出的大小；官方代码为 128。</translation>
    </message>
    <message>
        <source>Softmax temperature tau of the cosines, .2 in the paper. Small values push away the most similar classes alone, large ones all alike, and near 5 hardly anything is learned. Try this first.</source>
        <translation>余弦的 softmax 温度 tau，论文为 .2。小值只推开最相似的类别，大值对所有类别施加同样的推力，接近 5 时几乎学不到什么。建议先调这一项。</translation>
    </message>
    <message>
        <source>With how many classes a view is compared: those of its batch and the ones met last, as in the paper. More than there are images means all of them. Few save time on millions of images, and are easier to tell apart.</source>
        <translation>一个视图与多少个类别比较：与论文相同，为本批的类别和最近遇到的类别。多于图像数则表示全部。少则在数百万张图像上省时，也更容易区分。</translation>
    </message>
    <message>
        <source>Width of the two-layer projection head, which may forget what the encoder should keep; the paper takes the backbone&apos;s.</source>
        <translation>两层投影头的宽度，投影头可以忘掉编码器应保留的内容；论文取骨干网络的宽度。</translation>
    </message>
    <message>
        <source>Size of a class vector and of the features compared with it; 128 in the paper.</source>
        <translation>类别向量以及与之比较的特征的大小；论文为 128。</translation>
    </message>
    <message>
        <source>Batch normalisation after the head&apos;s layers. The official code has none: then all features of a fresh network point one way, and a short run spends its first epochs on spreading them.</source>
        <translation>投影头各层之后的批归一化。官方代码没有：这时新网络的所有特征都指向同一方向，短训练的最初几轮都花在把它们分散开上。</translation>
    </message>
    <message>
        <source>Share of the patches that no patch may look at; .75 as in the paper. At 0 all see all, and matching the edges of neighbours is enough to solve the puzzle; near 1 almost nothing is left to compare with. Try this first.</source>
        <translation>不允许任何图块看到的图块所占比例；与论文相同，为 .75。为 0 时所有图块看到全部，只需匹配相邻图块的边缘即可解开拼图；接近 1 时几乎没有可比较的内容。建议先调这一项。</translation>
    </message>
    <message>
        <source>Masking</source>
        <translation>掩码方式</translation>
    </message>
    <message>
        <source>Mask unit</source>
        <translation>掩码单元</translation>
    </message>
    <message>
        <source>Loss on</source>
        <translation>损失范围</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>Tokenizer share</source>
        <translation>tokenizer 比例</translation>
    </message>
    <message>
        <source>Tokenizer width</source>
        <translation>tokenizer 宽度</translation>
    </message>
    <message>
        <source>Channels of the tokenizer; 256 and more in DALL-E&apos;s.</source>
        <translation>tokenizer 的通道数；DALL-E 的为 256 及以上。</translation>
    </message>
    <message>
        <source>Final temperature</source>
        <translation>最终温度</translation>
    </message>
    <message>
        <source>Even use</source>
        <translation>均匀使用</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Mask chance</source>
        <translation>掩码概率</translation>
    </message>
    <message>
        <source>Share of the views in which patches are hidden; the others are whole, as images are when the encoder is used. At 0 iBOT is DINO; .5 in the paper (Sec. 4).</source>
        <translation>图块被隐藏的视图所占比例；其余视图是完整的，与编码器使用时的图像相同。为 0 时 iBOT 即为 DINO；论文为 .5（4 节）。</translation>
    </message>
    <message>
        <source>Mask spread</source>
        <translation>掩码波动</translation>
    </message>
    <message>
        <source>The share is drawn anew for each view, up to so much less or more; .2 in the paper, so .1 to .5.</source>
        <translation>每个视图重新抽取比例，最多减少或增加这么多；论文为 .2，即 .1 到 .5。</translation>
    </message>
    <message>
        <source>Patch weight</source>
        <translation>图块权重</translation>
    </message>
    <message>
        <source>Weight of the patches&apos; loss beside the class token&apos;s; 1 in the paper. At 0 iBOT is DINO with masked views.</source>
        <translation>图块损失相对于 class token 损失的权重；论文为 1。为 0 时 iBOT 即为使用掩码视图的 DINO。</translation>
    </message>
    <message>
        <source>Patch temperature</source>
        <translation>图块温度</translation>
    </message>
    <message>
        <source>Where both of the teacher&apos;s temperatures start; .04 in the paper.</source>
        <translation>教师的两个温度的起点；论文为 .04。</translation>
    </message>
    <message>
        <source>Share of the run in which the teacher&apos;s temperatures move to their final values; 30 epochs in the paper.</source>
        <translation>教师的两个温度移到终值所占的运行比例；论文为 30 轮。</translation>
    </message>
    <message>
        <source>Share of the views in which patches are hidden; .5 in the official code. At 0 no patch is predicted.</source>
        <translation>有图块被遮住的视图所占比例；官方代码为 .5。为 0 时不预测任何图块。</translation>
    </message>
    <message>
        <source>Share of the patches that is hidden in such a view, in blocks; .1 to .5 in the official code.</source>
        <translation>这类视图中被成块遮住的图块比例；官方代码为 .1 到 .5。</translation>
    </message>
    <message>
        <source>The share is drawn anew for each view, up to so much less or more.</source>
        <translation>每个视图重新抽取比例，最多减少或增加这么多。</translation>
    </message>
    <message>
        <source>Weight of the patches&apos; loss beside the class token&apos;s; 1 in the official code.</source>
        <translation>图块损失相对于 class token 损失的权重；官方代码为 1。</translation>
    </message>
    <message>
        <source>The same for the patches; in the official code it is the same number.</source>
        <translation>对图块同上；官方代码中是同一个数。</translation>
    </message>
    <message>
        <source>Where both of the teacher&apos;s temperatures start; .04 in the official code.</source>
        <translation>教师网络两个温度的起始值；官方代码为 .04。</translation>
    </message>
    <message>
        <source>Where the teacher&apos;s momentum starts, rising to 1; .992 in the official code. At 1 it is not updated.</source>
        <translation>教师网络动量的起始值，逐渐升到 1；官方代码为 .992。为 1 时不更新。</translation>
    </message>
    <message>
        <source>Number K of prototypes of each head; 65,536 to 131,072 in the paper. More than there are views in a batch is of no use to Sinkhorn-Knopp: each view is then shared out over several.</source>
        <translation>每个头的 prototype 数 K；论文为 65,536 到 131,072。超过一批中的视图数对 Sinkhorn-Knopp 没有用处：那时每个视图会分摊到多个 prototype。</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>迭代次数</translation>
    </message>
    <message>
        <source>Iterations of Sinkhorn-Knopp, which shares a batch out evenly over the prototypes; 3 in the paper.</source>
        <translation>Sinkhorn-Knopp 的迭代次数，它把一批样本均分到各 prototype；论文为 3。</translation>
    </message>
    <message>
        <source>Weight of KoLeo, which spreads the class tokens of a batch evenly, for each of the two global views; .1 in the paper. With 0 images can crowd together; with much of it images are pushed apart before their views agree.</source>
        <translation>KoLeo 的权重，它使一批的 class token 均匀散开，对两个全局视图各计一次；论文为 .1。为 0 时图像可能挤在一起；过大时图像在各视图一致之前就被推开。</translation>
    </message>
    <message>
        <source>Gram weight</source>
        <translation>Gram 权重</translation>
    </message>
    <message>
        <source>Weight of the Gram distance once it is in the loss; 2 in the official code. At 0 DINOv3 is DINOv2, and the distance is only measured. Try this first.</source>
        <translation>Gram 距离进入损失之后的权重；官方代码为 2。为 0 时 DINOv3 就是 DINOv2，只测量该距离。建议先调这一项。</translation>
    </message>
    <message>
        <source>Anchor at</source>
        <translation>锚点的取得</translation>
    </message>
    <message>
        <source>Share of the run after which the teacher is first copied as the anchor: early, because the maps of patches are cleanest then.</source>
        <translation>训练进行到这一比例时首次复制教师网络作为锚点：要早，因为那时图块的特征图最干净。</translation>
    </message>
    <message>
        <source>Anchor from</source>
        <translation>锚点的启用</translation>
    </message>
    <message>
        <source>Share of the run from which the Gram distance is in the loss; not below method.anchor_at. At 1 it never is. In the official config it begins after 1,000,000 steps.</source>
        <translation>从训练的这一比例起 Gram 距离进入损失；不小于 method.anchor_at。为 1 时从不进入。官方配置在 1,000,000 步之后开始。</translation>
    </message>
    <message>
        <source>Anchor every</source>
        <translation>锚点更新间隔</translation>
    </message>
    <message>
        <source>Share of the run after which the present teacher becomes the anchor, again and again from method.anchor_from on; every 10,000 steps, three times at most, in the official config. A frequent renewal lets the patches drift.</source>
        <translation>从 method.anchor_from 起，每隔训练的这一比例就以当前教师网络作为锚点；官方配置每 10,000 步一次，最多三次。更新过于频繁会让图块漂移。</translation>
    </message>
    <message>
        <source>the first anchor stays</source>
        <translation>保留第一个锚点</translation>
    </message>
    <message>
        <source>Complementary masks</source>
        <translation>互补掩码</translation>
    </message>
    <message>
        <source>Multi-scale decoder</source>
        <translation>多尺度解码器</translation>
    </message>
    <message>
        <source>Give the decoder the features of the convolution stages beside the last stage&apos;s. Without them the transformer&apos;s tokens must carry every fine detail, at the cost of meaning (Sec. 3.2).</source>
        <translation>除最后阶段的特征外，也把各卷积阶段的特征交给解码器。没有它们，transformer 的 token 就必须承载所有精细细节，牺牲了语义（3.2 节）。</translation>
    </message>
    <message>
        <source>cells</source>
        <translation>单元</translation>
    </message>
    <message>
        <source>One law for both ways</source>
        <translation>双向同律</translation>
    </message>
    <message>
        <source>One matrix A for steps to the right and to the left, where it counts negative, and one B for down and up, as the equations have it. Without it each of the four directions learns its own: easier to fit, and no longer one law.</source>
        <translation>向右和向左的步共用一个矩阵 A，向左时取负；向下和向上共用一个 B，与方程一致。关闭时，四个方向各自学习：更容易拟合，但不再是同一条规律。</translation>
    </message>
    <message>
        <source>Decoder width</source>
        <translation>解码器宽度</translation>
    </message>
    <message>
        <source>Channels of the decoder&apos;s convolutions. A narrow one leaves more to the features.</source>
        <translation>解码器卷积的通道数。窄的解码器把更多工作留给特征。</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Bins</source>
        <translation>方向格数</translation>
    </message>
    <message>
        <source>Directions of the histograms over half a turn; 9 in the paper. 1 leaves the strength alone.</source>
        <translation>直方图在半圈内的方向数；论文为 9。1 只留下强度。</translation>
    </message>
    <message>
        <source>Multi scale</source>
        <translation>多尺度</translation>
    </message>
    <message>
        <source>Share of the patches that is hidden; .75 as in MAE. Little is learned where little is hidden.</source>
        <translation>被隐藏的图块比例；与 MAE 相同，为 .75。隐藏得少则学到的也少。</translation>
    </message>
    <message>
        <source>Width of the decoders, a multiple of 4; 256 in the paper.</source>
        <translation>各解码器的宽度，须为 4 的倍数；论文为 256。</translation>
    </message>
    <message>
        <source>Attention heads of the decoders; must divide their width.</source>
        <translation>各解码器的注意力头数；须整除其宽度。</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层数</translation>
    </message>
    <message>
        <source>Width of the decoders, a multiple of 4; 512 in the paper.</source>
        <translation>各解码器的宽度，须为 4 的倍数；论文为 512。</translation>
    </message>
    <message>
        <source>Blocks of each decoder; 4 in the paper, half of MAE&apos;s. A deep decoder does the work that the encoder should.</source>
        <translation>每个解码器的块数；论文为 4，是 MAE 的一半。深的解码器会做本该由编码器做的工作。</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>目标数</translation>
    </message>
    <message>
        <source>Target min</source>
        <translation>目标最小</translation>
    </message>
    <message>
        <source>Target max</source>
        <translation>目标最大</translation>
    </message>
    <message>
        <source>Largest target, as a share of the image.</source>
        <translation>最大的目标，以图像的比例表示。</translation>
    </message>
    <message>
        <source>Aspect min</source>
        <translation>高宽比最小</translation>
    </message>
    <message>
        <source>Lowest target: height over width.</source>
        <translation>最扁的目标：高与宽之比。</translation>
    </message>
    <message>
        <source>Aspect max</source>
        <translation>高宽比最大</translation>
    </message>
    <message>
        <source>Highest target: height over width.</source>
        <translation>最高的目标：高与宽之比。</translation>
    </message>
    <message>
        <source>Context min</source>
        <translation>上下文最小</translation>
    </message>
    <message>
        <source>Smallest context, as a share of the image, before the targets are taken out of it.</source>
        <translation>最小的上下文，以图像的比例表示，在去除目标之前计算。</translation>
    </message>
    <message>
        <source>Context max</source>
        <translation>上下文最大</translation>
    </message>
    <message>
        <source>Largest context, before the targets are taken out of it.</source>
        <translation>最大的上下文，在去除目标之前计算。</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Distance of features: smooth_l1 as in the official code, l2 as in the paper.</source>
        <translation>特征的距离：smooth_l1 同官方代码，l2 同论文。</translation>
    </message>
    <message>
        <source>Width of the predictor, a multiple of 4: half the encoder&apos;s or less, 384 in the paper.</source>
        <translation>predictor 的宽度，须为 4 的倍数：编码器的一半或更小，论文为 384。</translation>
    </message>
    <message>
        <source>Predictor depth</source>
        <translation>predictor 深度</translation>
    </message>
    <message>
        <source>Blocks of the predictor; 6 to 12 in the paper, deeper is better there.</source>
        <translation>predictor 的块数；论文为 6 到 12，其中越深越好。</translation>
    </message>
    <message>
        <source>Predictor heads</source>
        <translation>predictor 头数</translation>
    </message>
    <message>
        <source>Attention heads of the predictor; must divide its width.</source>
        <translation>predictor 的注意力头数；须整除其宽度。</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
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
        <source>Width of projector and predictor; 4,096 in the paper.</source>
        <translation>projector 和 predictor 的宽度；论文为 4,096。</translation>
    </message>
    <message>
        <source>Where the key encoder&apos;s momentum starts; it rises to 1 along a cosine. .99 in the paper. 1 never moves the key encoder, 0 makes it the query encoder.</source>
        <translation>key 编码器动量的起点；它沿余弦升到 1。论文为 .99。1 使 key 编码器永不移动，0 使其等于 query 编码器。</translation>
    </message>
    <message>
        <source>Freeze patch</source>
        <translation>冻结图块投影</translation>
    </message>
    <message>
        <source>Size of queries and keys; 256 in the paper.</source>
        <translation>query 和 key 的大小；论文为 256。</translation>
    </message>
    <message>
        <source>Size of the embeddings that are compared; 128 in the paper.</source>
        <translation>用于比较的嵌入的大小；论文为 128。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 2; .3 in the paper. The candidates are few, the cells of one image.</source>
        <translation>Softmax 温度 tau，式 2；论文为 .3。候选很少，只是一张图像的各个单元。</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>How near two cells must be to be positives, in diagonals of a cell; .7 in the paper, a hair less than from a square cell to the next. Smaller leaves many cells without a partner, larger takes neighbours for the same place.</source>
        <translation>两个单元多近才算正样本对，以单元的对角线为单位；论文为 .7，略小于方形单元到相邻单元的距离。更小会使许多单元没有另一半，更大会把相邻单元当作同一位置。</translation>
    </message>
    <message>
        <source>Cells</source>
        <translation>单元数</translation>
    </message>
    <message>
        <source>Least cells a side of the feature map; the paper&apos;s has 7. A network that shrinks the image further is moved over it in smaller steps: 4 costs resnet10_narrow 1.7 times the work on images of 32 px, 8 five times. A ViT&apos;s are its patches.</source>
        <translation>特征图每边的最少单元数；论文为 7。若网络把图像缩得更小，则以更小的步幅在图像上移动网络：对于 32 px 的图像，4 使 resnet10_narrow 的计算量变为 1.7 倍，8 变为五倍。ViT 的单元就是它的图块。</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例对比</translation>
    </message>
    <message>
        <source>Instance temperature</source>
        <translation>实例对比温度</translation>
    </message>
    <message>
        <source>Softmax temperature of the contrast of whole images.</source>
        <translation>整幅图像对比的 softmax 温度。</translation>
    </message>
    <message>
        <source>How much of the momentum encoder stays at each step; .99 in the official code, rising to 1 at the end of the run.</source>
        <translation>每一步保留多少动量编码器；官方代码为 .99，在运行结束时升到 1。</translation>
    </message>
    <message>
        <source>Width of the projection head; 4,096 in the official code.</source>
        <translation>投影头的宽度；官方代码为 4,096。</translation>
    </message>
    <message>
        <source>Size of the embedding of a cell; 256 in the official code.</source>
        <translation>单元嵌入的大小；官方代码为 256。</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>网格</translation>
    </message>
    <message>
        <source>Patches across and down, 7 in the paper. Each is encoded alone, so that time grows with the square; try 5 on a slow machine, with 2 steps.</source>
        <translation>横向和纵向的图块数，论文为 7。每个图块单独编码，因此时间随其平方增长；在慢的机器上可试 5，并把步数设为 2。</translation>
    </message>
    <message>
        <source>patches</source>
        <translation>图块</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Side of the stored square images; auto takes the set&apos;s own size.</source>
        <translation>所存方形图像的边长；自动则取数据集自身的尺寸。</translation>
    </message>
    <message>
        <source>Of images deeper than 8 bits: the value that is black. Unless white is above it, both are measured over the set.</source>
        <translation>用于深度超过 8 位的图像：视为黑色的值。除非白色的值大于它，两者都在整个数据集上测得。</translation>
    </message>
    <message>
        <source>0, or measured</source>
        <translation>0，或实测</translation>
    </message>
    <message>
        <source>Of images deeper than 8 bits: the value that is white. Unless it is above black, both are measured over the set.</source>
        <translation>用于深度超过 8 位的图像：视为白色的值。除非它大于黑色的值，两者都在整个数据集上测得。</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>Folders are</source>
        <translation>文件夹表示</translation>
    </message>
    <message>
        <source>What the folders in a folder of images are. `classes`: each is a class. `inner`: the folders in them are the classes, those of one name together. `nothing`: the images have no classes.</source>
        <translation>图像文件夹中的子文件夹表示什么。`classes`：每个子文件夹是一个类别。`inner`：再下一层的文件夹是类别，同名的合在一起。`nothing`：图像没有类别。</translation>
    </message>
    <message>
        <source>Epochs between two kNN checks on validation; auto spends about 5 % of the time on them.</source>
        <translation>两次在验证集上做 kNN 检查之间的轮数；自动则约用 5 % 的时间。</translation>
    </message>
    <message>
        <source>Images in an embedding snapshot; without any there are no maps.</source>
        <translation>一次嵌入快照中的图像数；没有则没有映射图。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Largest norm of the gradient.</source>
        <translation>梯度的最大范数。</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>无限制</translation>
    </message>
    <message>
        <source>Length as a time, which is kept: the steps are estimated first, and again on the way from the clock. The schedules follow, and what came out is recorded in steps and plan. Without it the run goes by epochs.</source>
        <translation>以时间表示的长度，会被遵守：步数先行估计，途中再按时钟估计。各调度随之变化，结果记录在步数与计划中。不设置则按轮数进行。</translation>
    </message>
    <message>
        <source>not set</source>
        <translation>未设置</translation>
    </message>
    <message>
        <source>Length in steps. Without it the run goes by minutes or epochs.</source>
        <translation>以步数表示的长度。不设置则按分钟或轮数进行。</translation>
    </message>
    <message>
        <source>every core</source>
        <translation>全部核心</translation>
    </message>
    <message>
        <source>Checkpoints kept along the way, evenly over the epochs, weights alone, to look back at, beside the newest.</source>
        <translation>途中保留的检查点，均匀分布在各轮，只含权重，供回看；最新的另外保留。</translation>
    </message>
    <message>
        <source>the newest alone</source>
        <translation>仅最新的</translation>
    </message>
    <message>
        <source>Side of the view; `stored`: the stored size, rounded up to whole patches where a ViT or the method cuts it.</source>
        <translation>视图的边长；`stored`：存储尺寸，若 ViT 或方法要切块，则向上取整到整块。</translation>
    </message>
    <message>
        <source>stored</source>
        <translation>存储尺寸</translation>
    </message>
    <message>
        <source>Where the size is the stored one, smaller images are enlarged to this side: a tile of a small image would hold too few pixels.</source>
        <translation>当尺寸取存储尺寸时，较小的图像会放大到此边长：小图像的一块像素太少。</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Side of a patch as a share of the image&apos;s: 64 of 256 px in the paper, where each overlaps the next by half. Large patches show more and overlap more; of small ones only texture is left.</source>
        <translation>图块边长，以图像边长的比例表示：论文为 256 px 中的 64，每个图块与下一个重叠一半。大图块显示更多，重叠也更多；小图块只剩纹理。</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过行数</translation>
    </message>
    <message>
        <source>Nearest rows that are not predicted. The next row shares half its pixels with the context: with 0 the task is solved by comparing edges. The paper&apos;s Fig. 4 starts two rows down.</source>
        <translation>最近的、不作预测的行数。下一行与上下文共享一半像素：取 0 时，比较边缘即可解决任务。论文的图 4 从下方第二行开始。</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>共同对比</translation>
    </message>
    <message>
        <source>Images whose patches are compared with one another: the paper&apos;s 16 on each GPU, so 784 candidates. With 1 only other places of the same image are negatives; more costs memory by the square.</source>
        <translation>图块相互比较的图像数：论文每块 GPU 为 16，即 784 个候选。取 1 时只有同一图像的其他位置是负样本；更多时内存按平方增长。</translation>
    </message>
    <message>
        <source>Width of the context network&apos;s blocks; 256 in the code printed in CPC v2.</source>
        <translation>上下文网络各块的宽度；CPC v2 所印代码为 256。</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>残差块数</translation>
    </message>
    <message>
        <source>Residual blocks of the context network: each lets it look one row further up.</source>
        <translation>上下文网络的残差块数：每多一块，就能多看上方一行。</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>Patches across and down. Each is encoded alone, so that time grows with the square.</source>
        <translation>横向和纵向的图块数。每个图块单独编码，因此时间随其平方增长。</translation>
    </message>
    <message>
        <source>Directions</source>
        <translation>方向数</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>丢弃颜色</translation>
    </message>
    <message>
        <source>Share of the patches that lose two of their three colours. Try this first: at 0 patches of one image know each other by their colour, at 1 the encoder never sees a coloured patch.</source>
        <translation>三个颜色通道中丢掉两个的图块所占比例。建议先调这一项：取 0 时同一图像的图块靠颜色认出彼此，取 1 时编码器永远看不到彩色图块。</translation>
    </message>
    <message>
        <source>Jitter</source>
        <translation>抖动</translation>
    </message>
    <message>
        <source>Largest change of a patch&apos;s contrast and brightness, each patch on its own, in place of the paper&apos;s longer list of changes (Fig. 3, PA). At 0 patches of one image also know each other by their light.</source>
        <translation>图块对比度和亮度的最大变化，每个图块各自独立，用以代替论文中更长的变化列表（图 3，PA）。取 0 时同一图像的图块还能靠明暗认出彼此。</translation>
    </message>
    <message>
        <source>Probability that a patch is mirrored, each on its own.</source>
        <translation>图块被镜像翻转的概率，每个图块各自独立。</translation>
    </message>
    <message>
        <source>How many rows are predicted after the skipped ones; 3 in the paper&apos;s code. Far rows are harder and ask for what the whole image shows; grid must be above skip and steps together.</source>
        <translation>跳过的行之后预测多少行；论文代码为 3。远处的行更难，需要了解整幅图像的内容；“网格”须大于“跳过行数”与“步数”之和。</translation>
    </message>
    <message>
        <source>Images whose patches are compared with one another, a worker&apos;s batch in the paper; here as many as in CPC. With 1 only other places of the same image are negatives; more costs memory by the square.</source>
        <translation>图块相互比较的图像数，论文为一个 worker 的批次；这里与 CPC 相同。取 1 时只有同一图像的其他位置是负样本；更多时内存按平方增长。</translation>
    </message>
    <message>
        <source>Size of predictions and targets; 64 in the paper&apos;s code.</source>
        <translation>预测和目标的大小；论文代码为 64。</translation>
    </message>
    <message>
        <source>Width of the context networks&apos; blocks; 256 in the paper&apos;s code.</source>
        <translation>上下文网络各块的宽度；论文代码为 256。</translation>
    </message>
    <message>
        <source>Residual blocks of each context network, 5 in the paper&apos;s code: each lets it look one row further.</source>
        <translation>每个上下文网络的残差块数，论文代码为 5：每多一块，就能多看一行。</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>Distance m beyond which different images push no more; 1 in most examples. Embeddings have no fixed length, so that m is their unit: a larger one takes more steps to reach and a larger loss, and shows the same picture.</source>
        <translation>距离 m，超过它之后不同图像不再相互推开；多数例子中为 1。嵌入的长度不固定，因此 m 就是它们的单位：更大的 m 需要更多步才能达到，损失也更大，但得到的图景相同。</translation>
    </message>
    <message>
        <source>Width of the projection head&apos;s hidden layer; the paper has no head.</source>
        <translation>投影头隐藏层的宽度；论文没有投影头。</translation>
    </message>
    <message>
        <source>Size of the embedding in which distances are taken; 2 or 3 in the paper, to look at. In many dimensions different images are far apart at once and teach less.</source>
        <translation>计算距离的嵌入的大小；论文为 2 或 3，便于观看。维度多时，不同图像一开始就相距很远，能学到的更少。</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>T</source>
        <translation>T</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Width of the projection head&apos;s hidden layer, as in SimCLR.</source>
        <translation>投影头隐藏层的宽度，同 SimCLR。</translation>
    </message>
    <message>
        <source>Softmax temperature tau; .5 in the paper. With smaller ones lower tau_plus as well: the correction is sound while tau_plus is below about e^(-1/tau) (.14 at .5, .007 at .2); beyond, the estimate rests on its floor and negatives push no more.</source>
        <translation>Softmax 温度 tau；论文为 .5。减小它时也要减小 tau_plus：只有当 tau_plus 小于约 e^(-1/tau) 时（.5 时为 .14，.2 时为 .007），修正才可靠；超过之后，估计值停在下限，负样本不再产生推力。</translation>
    </message>
    <message>
        <source>Tau plus</source>
        <translation>Tau plus</translation>
    </message>
    <message>
        <source>Assumed share of negatives of the anchor&apos;s own class, the one to try first: 1 / classes for balanced classes, .1 in the paper. 0 is SimCLR exactly; too large takes all push away (watch `at the floor`).</source>
        <translation>假设的负样本中与锚点同类的比例，建议先调这一项：类别均衡时为 1 / 类别数，论文为 .1。0 即为 SimCLR；过大会消除所有推力（留意 `at the floor`）。</translation>
    </message>
    <message>
        <source>Width of the projection head&apos;s hidden layer; 512 in the official code.</source>
        <translation>投影头隐藏层的宽度；官方代码为 512。</translation>
    </message>
    <message>
        <source>Size of z, on which the contrast acts; 128 in the official code.</source>
        <translation>z 的大小，对比作用于其上；官方代码为 128。</translation>
    </message>
    <message>
        <source>Softmax temperature tau; .5 in the paper. beta multiplies cosine / tau, so that a smaller tau makes the weights harder too.</source>
        <translation>Softmax 温度 tau；论文为 .5。beta 乘以余弦 / tau，因此更小的 tau 也会使权重更集中于难样本。</translation>
    </message>
    <message>
        <source>Beta</source>
        <translation>Beta</translation>
    </message>
    <message>
        <source>Hardness of the negatives, the one to try first: .5 to 2 in the paper, 1 best on STL-10 (official code). 0 weights all alike and is the debiased contrast; very large leaves the single nearest negative, which is often of the same class.</source>
        <translation>负样本的难度，建议先调这一项：论文为 .5 到 2，STL-10 上 1 最佳（官方代码）。0 对所有负样本同等加权，即为去偏对比；很大时只剩最近的一个负样本，而它往往属于同一类。</translation>
    </message>
    <message>
        <source>Assumed share of negatives of the anchor&apos;s own class; .1 in the paper. Hard negatives hold more of them, so that the correction matters more here; 0 leaves it out, and with beta 0 is SimCLR exactly.</source>
        <translation>假设的负样本中与锚点同类的比例；论文为 .1。难负样本中同类更多，因此修正在这里更重要；0 表示不修正，若 beta 也为 0，则即为 SimCLR。</translation>
    </message>
    <message>
        <source>Width of the projection head&apos;s hidden layer, as in the debiased contrast.</source>
        <translation>投影头隐藏层的宽度，同去偏对比。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, the one to try first. Small values leave the gradient to a few negatives (watch `effective negatives`), large ones spread it over all; .1 in the official code, here as in SimCLR.</source>
        <translation>Softmax 温度 tau，建议先调这一项。小值把梯度留给少数负样本（留意 `effective negatives`），大值把梯度分散到所有负样本；官方代码为 .1，这里同 SimCLR。</translation>
    </message>
    <message>
        <source>Weighting</source>
        <translation>加权方式</translation>
    </message>
    <message>
        <source>Sigma</source>
        <translation>Sigma</translation>
    </message>
    <message>
        <source>How evenly DCLW weights the pairs; .5 in the paper. Small values leave the nearest pairs out or even push them apart, large ones come back to DCL. Without effect where weighting is none.</source>
        <translation>DCLW 对样本对加权的均匀程度；论文为 .5。小值会忽略最近的样本对，甚至把它们推开；大值回到 DCL。加权方式为 none 时不起作用。</translation>
    </message>
    <message>
        <source>Size of z, on which the contrast acts; 128 in the paper.</source>
        <translation>z 的大小，对比作用于其上；论文为 128。</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>噪声样本数</translation>
    </message>
    <message>
        <source>Noise samples k for each sample of the data. The paper takes as many as data (k = 1), which learns little from a step; more come nearer to maximum likelihood at more cost. Try this first.</source>
        <translation>每个数据样本对应的噪声样本数 k。论文取与数据同样多（k = 1），每一步学到的很少；更多则更接近最大似然，代价也更高。建议先调这一项。</translation>
    </message>
    <message>
        <source>Constant rate</source>
        <translation>常数学习率倍数</translation>
    </message>
    <message>
        <source>Width of the projection head.</source>
        <translation>投影头的宽度。</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>目标函数</translation>
    </message>
    <message>
        <source>Size of a row of the bank; 128 in the paper, where twice as many bring little more.</source>
        <translation>记忆库中一行的大小；论文为 128，加倍带来的提升很小。</translation>
    </message>
    <message>
        <source>Negatives</source>
        <translation>负样本数</translation>
    </message>
    <message>
        <source>Rows m drawn as noise at each step (nce alone); 4,096 in the paper. Few make a coarse estimate: with m = 1 the paper&apos;s CIFAR-10 result nearly halves (Table 1).</source>
        <translation>每一步作为噪声抽取的行数 m（仅 nce）；论文为 4,096。太少则估计粗糙：m = 1 时论文的 CIFAR-10 结果几乎减半（表 1）。</translation>
    </message>
    <message>
        <source>Proximal</source>
        <translation>近端项</translation>
    </message>
    <message>
        <source>Weight lambda of the proximal term (nce alone, Eq. 10), which holds a feature near its own last one: larger is smoother and slower. 0 as in the official code, where the momentum of the bank does that work.</source>
        <translation>近端项的权重 lambda（仅 nce，式 10），它使特征保持在自己上一次的特征附近：越大越平滑，也越慢。官方代码为 0，由记忆库的动量起这一作用。</translation>
    </message>
    <message>
        <source>Size of the embedding, one linear layer from the features; 128 in the paper.</source>
        <translation>嵌入的大小，由特征经一个线性层得到；论文为 128。</translation>
    </message>
    <message>
        <source>Earlier embeddings among which the neighbour is looked for; 98,304 in the paper, which gains with size. On a small set, a queue as long as the data mostly finds the image&apos;s own old view, a short one finds poor neighbours. Try this first.</source>
        <translation>在多少个先前的嵌入中寻找近邻；论文为 98,304，越大越好。在小数据集上，与数据一样长的队列多半只会找到图像自己的旧视图，短队列则找到较差的近邻。建议先调这一项。</translation>
    </message>
    <message>
        <source>Width of the projection head&apos;s two hidden layers; 2,048 in the paper.</source>
        <translation>投影头两个隐藏层的宽度；论文为 2,048。</translation>
    </message>
    <message>
        <source>Size of the embeddings and of the queue&apos;s vectors; 256 in the paper.</source>
        <translation>嵌入以及队列中向量的大小；论文为 256。</translation>
    </message>
    <message>
        <source>Prediction dimension</source>
        <translation>预测头维度</translation>
    </message>
    <message>
        <source>Width of the prediction head&apos;s hidden layer; 4,096 in the paper.</source>
        <translation>预测头隐藏层的宽度；论文为 4,096。</translation>
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
        <source>Freeze last</source>
        <translation>冻结最后一层</translation>
    </message>
    <message>
        <source>Head norm</source>
        <translation>头部归一化</translation>
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
        <source>Softmax temperature of the teacher for the class token, after the warm-up; .07 in the official code, less on small sets, as for DINO: at .07 the targets of a run of minutes are nearly uniform.</source>
        <translation>预热之后教师网络对 class token 的 softmax 温度；官方代码为 .07，小数据集上更低，与 DINO 相同：为 .07 时，几分钟训练的目标几乎是均匀的。</translation>
    </message>
    <message>
        <source>KoLeo</source>
        <translation>KoLeo</translation>
    </message>
    <message>
        <source>Actions that a plan looks ahead. With few a far goal is not seen, and it is what matters most; with many the errors of predictions from predictions add up. The paper has 5, each held for 5 steps.</source>
        <translation>计划向前看的动作数。太少则看不到远处的目标，而这最为重要；太多则由预测得出的预测误差会累积。论文为 5，每个动作保持 5 步。</translation>
    </message>
    <message>
        <source>Label smoothing</source>
        <translation>标签平滑</translation>
    </message>
    <message>
        <source>Width of the projection head&apos;s one hidden layer; 2,048 for the paper&apos;s ResNet-50.</source>
        <translation>投影头唯一隐藏层的宽度；论文的 ResNet-50 为 2,048。</translation>
    </message>
    <message>
        <source>Size of z, on which the contrast acts; 128 in the paper (Sec. 3.1).</source>
        <translation>z 的大小，对比作用于其上；论文为 128（3.1 节）。</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Weight of a contrast of whole images beside that of cells, as the paper combines the two. 0 is PixContrast alone, which never compares two images. Try this first: 1 serves tasks that ask what an image shows.</source>
        <translation>整幅图像的对比相对于单元对比的权重，论文将两者结合。0 为单独的 PixContrast，从不比较两张图像。建议先调这一项：1 适合询问图像内容的任务。</translation>
    </message>
    <message>
        <source>Factor on the whole loss, so that one learning rate serves all methods; .024 in the official code.</source>
        <translation>整个损失的系数，使同一学习率适用于所有方法；官方代码为 .024。</translation>
    </message>
    <message>
        <source>Invariance</source>
        <translation>不变性</translation>
    </message>
    <message>
        <source>Variance</source>
        <translation>方差</translation>
    </message>
    <message>
        <source>Covariance</source>
        <translation>协方差</translation>
    </message>
    <message>
        <source>Slices</source>
        <translation>切片数</translation>
    </message>
    <message>
        <source>Width of the projector; 2,048 in the minimal code.</source>
        <translation>projector 的宽度；最简代码为 2,048。</translation>
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
        <source>Sinkhorn iterations</source>
        <translation>Sinkhorn 迭代</translation>
    </message>
    <message>
        <source>Rounds of the Sinkhorn-Knopp algorithm.</source>
        <translation>Sinkhorn-Knopp 算法的轮数。</translation>
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
        <translation>被隐藏的图块比例；论文中 .75 最佳；低于 .6 时线性探针下降（图 5）。</translation>
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
        <translation>以每个图块自身的均值和标准差归一化后再重建（表 1d）。</translation>
    </message>
    <message>
        <source>The same shapes upright on a plain dark background: a first run sorts them within minutes.</source>
        <translation>同样的形状，直立于单一的暗色背景上：首次运行几分钟内即可将其区分开。</translation>
    </message>
    <message>
        <source>{method} trains on {most} global views. Not drawn: {left} more.</source>
        <translation>{method} 用 {most} 个全局视图训练。另有 {left} 个不会生成。</translation>
    </message>
    <message>
        <source>{method} takes no local views. Not drawn: {left}.</source>
        <translation>{method} 不使用局部视图。有 {left} 个不会生成。</translation>
    </message>
    <message>
        <source>First look: SimCLR on Simple shapes, 2 minutes</source>
        <translation>初次体验：SimCLR，Simple shapes，2 分钟</translation>
    </message>
    <message>
        <source>{method} compares the images of one batch with one another: {accumulate} accumulated batches of {batch} are not a batch of {all}.</source>
        <translation>{method} 在同一批次的图像之间做比较：累积 {accumulate} 个大小为 {batch} 的批次并不等于一个大小为 {all} 的批次。</translation>
    </message>
    <message>
        <source>Batches whose gradients are added up before one step; the last step of an epoch takes those that are left. A method that compares the images of a batch, and batch normalisation, see the single batches none the less.</source>
        <translation>累积多少个批次的梯度后更新一步；每轮的最后一步使用剩余的批次。比较批内图像的方法以及批归一化看到的仍是单个批次。</translation>
    </message>
    <message>
        <source>{method} asks by how much an image was turned, and its views are rotated by up to {angle} degrees themselves: its task stays at chance level. Lower the rotation of the views.</source>
        <translation>{method} 要判断图像被旋转了多少，而其视图本身就会旋转最多 {angle} 度：其任务只能停留在随机水平。请减小视图的旋转。</translation>
    </message>
    <message>
        <source>Last layer</source>
        <translation>最后一层</translation>
    </message>
    <message>
        <source>First weights of the last layer. `linear`: as PyTorch draws a linear layer, rows of length .58, as in the official code. `normal`: rows as long as the root of the bottleneck, as in runs of older versions of this program: they turn some 20 times too slowly.</source>
        <translation>最后一层的初始权重。`linear`：按 PyTorch 线性层的方式抽取，每行长度为 .58，与官方代码一致。`normal`：每行长度为瓶颈维数的平方根，与本程序旧版本的运行一致：其转动约慢 20 倍。</translation>
    </message>
    <message>
        <source>Least map</source>
        <translation>最小特征图</translation>
    </message>
    <message>
        <source>A ResNet&apos;s maps have at least so many cells a side: on small images and tiles strides that would leave fewer are left out. On a single cell a 3x3 convolution uses one of its nine weights, and the others would stay as they were drawn. 1 in runs of older versions of this program; then other libraries can load the encoder of the smallest images, too.</source>
        <translation>ResNet 特征图每边至少有这么多单元：对于小图像和小块，会使其更小的步幅将被省去。在单个单元上，3x3 卷积只用到九个权重中的一个，其余权重将保持初始值。本程序旧版本的运行为 1；此时其他库也能加载用于最小图像的编码器。</translation>
    </message>
    <message>
        <source>First weights</source>
        <translation>初始权重</translation>
    </message>
    <message>
        <source>Hue, turn</source>
        <translation>色相，转动方式</translation>
    </message>
    <message>
        <source>How the hue turns: around the circle of HSV, as in published code, or about the grey axis of RGB, as in runs of older versions of this program. `linear` saves about a quarter of the time that views take and misses a turn of .1 by four fifths of what it changes.</source>
        <translation>色相如何转动：绕 HSV 色环（与已发表的代码一致），或绕 RGB 的灰轴（与本程序旧版本的运行一致）。`linear` 约节省生成视图所需时间的四分之一，但对于 .1 的转动，其误差为转动所引起变化的五分之四。</translation>
    </message>
    <message>
        <source>Smallest standard deviation of the blur, in pixels of the view, whatever its size, as published for 224 px and for the 96 px of local views.</source>
        <translation>模糊的最小标准差，以视图自身的像素计，与视图大小无关；论文对 224 px 以及 96 px 的局部视图都采用此值。</translation>
    </message>
    <message>
        <source>Largest standard deviation of the blur, in pixels of the view. The kernel is a tenth of the view&apos;s side (SimCLR, App. A): 3 pixels at 32 px, 9 at 96, 23 at 224.</source>
        <translation>模糊的最大标准差，以视图自身的像素计。核的边长为视图边长的十分之一（SimCLR，附录 A）：32 px 时为 3 个像素，96 px 时为 9，224 px 时为 23。</translation>
    </message>
    <message>
        <source>Blur unit</source>
        <translation>模糊的单位</translation>
    </message>
    <message>
        <source>What a blur is stated for: pixels of the `view`, or a `reference` of 224 px that is scaled to the view, as in runs of older versions of this program: at 32 px such a blur changes nothing.</source>
        <translation>模糊所用的单位：视图自身（`view`）的像素，或按比例缩放到视图的 224 px 参考尺寸（`reference`），与本程序旧版本的运行一致：在 32 px 时，后者的模糊不起作用。</translation>
    </message>
    <message>
        <source>Decay of positions</source>
        <translation>位置的权重衰减</translation>
    </message>
    <message>
        <source>Weight decay also for the position embeddings and the class token; none in the official code. On in runs of older versions of this program.</source>
        <translation>对位置嵌入和类别标记也施加权重衰减；官方代码中没有。在本程序旧版本的运行中为开启。</translation>
    </message>
    <message>
        <source>Context least</source>
        <translation>上下文的最小份额</translation>
    </message>
    <message>
        <source>Least share of the patches that is left of a context; other places are drawn where targets would leave less, up to 20 times. With .05, as in the official code for 196 patches and in runs of older versions, a grid of 4 x 4 is often left with a single patch.</source>
        <translation>上下文中至少保留的图块份额；若目标块使其更少，则重新抽取位置，最多 20 次。取 .05 时（官方代码对 196 个图块采用此值，旧版本的运行也是如此），4 x 4 的网格往往只剩一个图块。</translation>
    </message>
    <message>
        <source>Split by</source>
        <translation>划分依据</translation>
    </message>
    <message>
        <source>What decides in which split an image lies. `content`: the image itself, so that images that are added or removed move no others. `list`: its place in the list of all images, as earlier versions had it; their runs keep it.</source>
        <translation>决定图像属于哪个划分的依据。`content`：图像内容本身，因此增加或删除图像不会移动其他图像。`list`：在全部图像列表中的位置，与早期版本相同；早期版本的运行保持此方式。</translation>
    </message>
    <message>
        <source>Black level</source>
        <translation>黑电平</translation>
    </message>
    <message>
        <source>White level</source>
        <translation>白电平</translation>
    </message>
    <message>
        <source>Learning rate {rate}: {base} for a batch of {reference}, scaled linearly to {images} images a step.</source>
        <translation>学习率 {rate}：批大小 {reference} 对应 {base}，按每步 {images} 张图像线性缩放。</translation>
    </message>
    <message>
        <source>Learning rate {rate} is far from {usual}, which {optimiser} takes here where none is set.</source>
        <translation>学习率 {rate} 与未设置时 {optimiser} 所用的 {usual} 相差很远。</translation>
    </message>
    <message>
        <source>Peak learning rate. Unless it is set it follows the optimiser and the method&apos;s recipe, and for SGD and LARS it is proportional to the images of a step. A rate that is set is used as it is.</source>
        <translation>峰值学习率。未设置时，它取决于优化器和方法的配方；使用 SGD 和 LARS 时与每步的图像数成正比。手动设置的学习率按原值使用。</translation>
    </message>
    <message>
        <source>The run ended at step {step:.0f}, before its metrics show whether it learns.</source>
        <translation>运行在第 {step:.0f} 步结束，其指标还不足以说明它是否在学习。</translation>
    </message>
    <message>
        <source>Train longer. A verdict takes some hundred steps and several checks on validation images.</source>
        <translation>请训练更久。作出判断需要几百步和在验证图像上的多次检查。</translation>
    </message>
    <message>
        <source>This baseline learns nothing: its encoder keeps its initial weights.</source>
        <translation>这个基线不学习：其编码器保持初始化时的状态。</translation>
    </message>
    <message>
        <source>The encoder predicts the output of a slow copy of itself for another view; there are no negatives.</source>
        <translation>编码器预测自己的慢速副本对另一视图的输出；没有负样本。</translation>
    </message>
    <message>
        <source>Small crops must agree with a slow teacher&apos;s sharpened, centred output for the large crops.</source>
        <translation>小裁剪要与慢速教师对大裁剪给出的锐化、居中的判断一致。</translation>
    </message>
    <message>
        <source>From what is around a hole in an image, reconstruct what was in it.</source>
        <translation>根据图像中空洞周围的内容，画出空洞里原有的内容。</translation>
    </message>
    <message>
        <source>From the lightness of an image predict its colours, position by position, as a distribution over all colours.</source>
        <translation>由图像的明度逐处说出它的颜色，表示为在所有颜色上的分布。</translation>
    </message>
    <message>
        <source>Predict by which of four right angles an image was turned.</source>
        <translation>判断图像被旋转了四个直角中的哪一个。</translation>
    </message>
    <message>
        <source>Of two patches that lie side by side, predict on which side the second lies.</source>
        <translation>对于左右或上下相邻的两个图块，判断第二个位于哪一侧。</translation>
    </message>
    <message>
        <source>Nine tiles of an image were shuffled: predict in which order they lie.</source>
        <translation>一张图像的九个拼块被打乱：判断它们的排列顺序。</translation>
    </message>
    <message>
        <source>Patches of many images lie mixed in collages: predict which belong together and where in its image each lay.</source>
        <translation>许多图像的图块混放在拼贴图中：判断哪些属于同一图像，以及各自在原图中的位置。</translation>
    </message>
    <message>
        <source>Predict of every patch where in the image it belongs, though nothing but what the patches show is given.</source>
        <translation>除图块所显示的内容外不给任何信息，判断每个图块在图像中的位置。</translation>
    </message>
    <message>
        <source>See a quarter of the patches and reconstruct the rest.</source>
        <translation>只看四分之一的图块，画出其余部分。</translation>
    </message>
    <message>
        <source>Reconstruct the squares that are hidden, with one plain layer behind an encoder that sees where they are.</source>
        <translation>画出被隐藏的方块，只在编码器之后接一个普通的层；编码器看得到方块的位置。</translation>
    </message>
    <message>
        <source>Predict the visual tokens of hidden patches; the tokenizer is learned first, from the same images.</source>
        <translation>猜出被隐藏图块的词；词表先从同样的图像中学得。</translation>
    </message>
    <message>
        <source>A view and each hidden patch of it must get the assignment that a slow teacher, which sees the whole view, gives them.</source>
        <translation>对视图及其每个被隐藏的图块，都要给出与慢速教师相同的命名，而教师看到完整的视图。</translation>
    </message>
    <message>
        <source>See a quarter of the patches by convolutions and a transformer, neither of which sees the rest, and reconstruct that.</source>
        <translation>用卷积和 transformer 看四分之一的图块，两者都看不到其余部分，再画出其余部分。</translation>
    </message>
    <message>
        <source>See one quarter of the image, let its features spread over the rest by one linear law, like heat, and reconstruct that.</source>
        <translation>看图像的四分之一，让其特征按一条线性规律像热一样扩散到其余部分，再画出其余部分。</translation>
    </message>
    <message>
        <source>Low layers reconstruct the fine detail of what is hidden, high layers its coarse form.</source>
        <translation>低层画出被隐藏内容的精细细节，高层画出其粗略形状。</translation>
    </message>
    <message>
        <source>MAE in which the middle layers must reconstruct what is hidden as well, not the last alone.</source>
        <translation>不只是最后一层，中间各层也要画出被隐藏内容的 MAE。</translation>
    </message>
    <message>
        <source>From the visible part of an image predict the output of a slow copy of the encoder for the hidden blocks, not their pixels.</source>
        <translation>由图像的可见部分预测编码器的慢速副本对被隐藏区块的输出，而不是预测其像素。</translation>
    </message>
    <message>
        <source>Learn the class of each image from its label: what self-supervision is measured against.</source>
        <translation>由标签学习每张图像的类别：衡量自监督的参照。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 1. Small values weight only the hardest negatives, large ones weight all equally; the paper finds .5 best on CIFAR-10 after long training, .1 on ImageNet.</source>
        <translation>Softmax 温度 tau，式 1。小值只看最难的负样本，大值对所有负样本一视同仁；论文在 CIFAR-10 长时间训练后以 .5 为最佳，ImageNet 为 .1。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 1; .07 in the paper. Small values weight only the nearest negatives, large ones weight all equally. Try this first: v2 is best at .2.</source>
        <translation>Softmax 温度 tau，式 1；论文为 .07。小值只看最近的负样本，大值对所有负样本一视同仁。建议先调这一项：v2 以 .2 为最佳。</translation>
    </message>
    <message>
        <source>Keys in the queue: 65,536 for ImageNet, the more the better (Fig. 3); 4,096 in the CIFAR recipe. A queue longer than the data contains old keys of the same image.</source>
        <translation>队列中的 key 数：ImageNet 为 65,536，越多越好（图 3）；CIFAR 方案为 4,096。若比数据还长，会含有同一图像的旧 key。</translation>
    </message>
    <message>
        <source>What is cut out: random shapes, several squares of a quarter of the side, or one square in the middle. The paper found that with one fixed square the features overfit to its border; its features are trained with random shapes.</source>
        <translation>挖去什么：随机形状、边长为四分之一的若干方块，或正中的一个方块。论文发现，用一个固定方块时，特征会过拟合到其边界；论文的特征用随机形状训练得到。</translation>
    </message>
    <message>
        <source>Share of the image that is cut out; a quarter in the paper. A smaller region is nearly determined by its surroundings; for a much larger one too little is visible. Squares that overlap cut out a little less. Try this first.</source>
        <translation>图像中被挖去的比例；论文为四分之一。更小的区域几乎由周围决定；区域大得多时可见部分太少。相互重叠的方块挖去的略少一些。建议先调这一项。</translation>
    </message>
    <message>
        <source>Weight of the adversarial loss, 1 minus that of the squared error: .001 and .999 in the paper. 0 trains without a discriminator: faster, but the reconstruction is a blurred mean of all possible ones.</source>
        <translation>对抗损失的权重，平方误差的权重为 1 减去它：论文为 .001 和 .999。取 0 则不用判别器训练：更快，但重建结果是所有可能内容的模糊均值。</translation>
    </message>
    <message>
        <source>Width of the rim around a hole that is visible and also reconstructed, so that the reconstruction fits its surroundings. 0 is a 32nd of the side, as in the official code: 4 of 128 px.</source>
        <translation>空洞四周边缘带的宽度，这一带可见但也要重建，使重建结果与周围衔接。0 取边长的三十二分之一，与官方代码相同：128 px 中的 4 px。</translation>
    </message>
    <message>
        <source>Discriminator rate</source>
        <translation>判别器学习率</translation>
    </message>
    <message>
        <source>Learning rate of the discriminator, relative to that of the generator; a tenth in the official code.</source>
        <translation>判别器的学习率，以生成器学习率的倍数表示；官方代码为十分之一。</translation>
    </message>
    <message>
        <source>Discriminator width</source>
        <translation>判别器宽度</translation>
    </message>
    <message>
        <source>Channels of the discriminator&apos;s first convolution, doubled at each halving of the side; 64 in the official code.</source>
        <translation>判别器第一个卷积的通道数，边长每次减半时加倍；官方代码为 64。</translation>
    </message>
    <message>
        <source>Side of the squares for which one colour is predicted, 4 in the paper. 2 or 1 give finer colours and take more time.</source>
        <translation>预测一个颜色的方块的边长，论文为 4。2 或 1 的颜色更精细，但耗时更多。</translation>
    </message>
    <message>
        <source>Weight alpha of the clustering of patches by image; 1 in the paper (Eq. 3).</source>
        <translation>按图像对图块聚类的权重 alpha；论文为 1（式 3）。</translation>
    </message>
    <message>
        <source>Weight beta of the position of each patch in its image; 1 in the paper (Eq. 3).</source>
        <translation>图块在原图中位置的权重 beta；论文为 1（式 3）。</translation>
    </message>
    <message>
        <source>How the masked patches are arranged. `random` as in the paper. `block` masks rectangles, as BEiT does: a harder task with blurred reconstructions. `grid` keeps one of every 2 x 2 patches (mask_ratio .75): an easy task with sharper reconstructions, but worse features (Table 1f, Fig. 6).</source>
        <translation>被掩蔽的图块如何分布。`random` 与论文相同。`block` 与 BEiT 相同，掩蔽矩形：任务更难，重建模糊。`grid` 在每 2 × 2 个图块中保留一个（mask_ratio .75）：任务容易，重建更清晰，但特征较差（表 1f，图 6）。</translation>
    </message>
    <message>
        <source>Share of the squares that is masked, rounded up to whole squares. With the paper&apos;s large squares all values from .1 to .7 are about equally good; small squares need more (Table 1). Near 1 too little is visible for a reconstruction.</source>
        <translation>被掩蔽的方块比例，向上取整为整块。用论文的大方块时，从 .1 到 .7 效果大致相当；小方块需要更高的比例（表 1）。接近 1 时可见部分太少，无法重建。</translation>
    </message>
    <message>
        <source>Try this first. Side of a hidden square, as a share of the image&apos;s: a sixth, the paper&apos;s 32 of 192 px. It becomes whole patches that divide the image, one of 4 px at 32 px. If it is too small, masked pixels can be interpolated from their neighbours; if it is too large, they cannot be predicted.</source>
        <translation>建议先调这一项。被隐藏方块的边长，以图像边长的比例表示：六分之一，即论文的 192 px 中的 32 px。它会取为能整除图像的整数个图块，32 px 时为一个 4 px 的图块。太小则被掩蔽的像素可由相邻像素插值得到；太大则无法预测。</translation>
    </message>
    <message>
        <source>Which pixels are compared. With `all` the network also learns to copy visible pixels: 1.1 points of accuracy less in the paper (Sec. 4.1).</source>
        <translation>比较哪些像素。取 `all` 时，网络还会学习复制可见像素：论文中准确率低 1.1 个百分点（4.1 节）。</translation>
    </message>
    <message>
        <source>Try this first. Share of the patches that is masked, in blocks; about .4 in the paper (75 of 196). With a much smaller share the visual token can be copied from the neighbours; with a much larger one it cannot be predicted.</source>
        <translation>建议先调这一项。以区块形式被掩蔽的图块比例；论文约为 .4（196 个中的 75 个）。小得多时视觉词元可由相邻图块得出；大得多时无法预测。</translation>
    </message>
    <message>
        <source>Number of visual tokens. The paper uses DALL-E&apos;s tokenizer with 8,192, trained on 250 million images; a set of thousands of small images needs fewer. With very few, a token encodes little more than dark or light.</source>
        <translation>视觉词元的数量。论文采用 DALL-E 的 tokenizer，有 8,192 个词元，用 2.5 亿张图像训练；数千张小图像需要的较少。词元很少时，一个词元只表示明暗。</translation>
    </message>
    <message>
        <source>Share of the run&apos;s steps in which the tokenizer is trained, before the encoder. With 0 it keeps its initial weights: the visual tokens of an untrained network still depend on colours and edges.</source>
        <translation>在编码器之前训练 tokenizer 的步数占运行的比例。取 0 则保持初始权重：未训练网络的视觉词元仍取决于颜色和边缘。</translation>
    </message>
    <message>
        <source>Initial temperature of the Gumbel-softmax samples of the tokenizer: at 1 they are mixtures of tokens, so that all are trained.</source>
        <translation>tokenizer 的 Gumbel-softmax 采样的起始温度：为 1 时样本是词元的混合，因此所有词元都得到训练。</translation>
    </message>
    <message>
        <source>Temperature at the end of the tokenizer&apos;s stage, 1/16 in DALL-E (App. A.2). Near 1 the decoder does not learn to reconstruct from single tokens.</source>
        <translation>tokenizer 阶段结束时的温度，DALL-E 为 1/16（附录 A.2）。接近 1 时，解码器学不会由单个词元重建。</translation>
    </message>
    <message>
        <source>Weight of the part of the prior&apos;s KL that makes all visual tokens equally frequent. At 0 a short training ends with about ten tokens in use; at 1 with all of them, also for patches that hardly differ.</source>
        <translation>先验 KL 中使所有视觉词元频率相同的部分的权重。为 0 时，短训练结束时约有十个词元在使用；为 1 时全部都在使用，但对应的图块几乎没有差别。</translation>
    </message>
    <message>
        <source>Weight of the other part of the KL, which makes the token distribution of each patch uniform. DALL-E weights both parts equally (App. A.2); 0, as in its open reimplementations, gives the most certain tokens.</source>
        <translation>KL 另一部分的权重，它使每个图块的词元分布趋于均匀。DALL-E 对两部分同等加权（附录 A.2）；0 与其开源复现相同，得到最确定的词元。</translation>
    </message>
    <message>
        <source>Try this first. Share of the patches that is hidden in such a view, in blocks; .3 in the paper. With a much smaller share few patches are predicted; with a much larger one the class token of a masked view has too little input.</source>
        <translation>建议先调这一项。在这样的视图中，以区块形式被隐藏的图块比例；论文为 .3。少得多时可供学习的图块很少；多得多时，掩码视图的 class token 几乎没有依据。</translation>
    </message>
    <message>
        <source>Softmax temperature of the teacher for the class token, after the warm-up: lower is sharper; near the student&apos;s it becomes uniform. .04 in the official code, .07 in its long runs; less on small sets, as for DINO.</source>
        <translation>预热后教师网络对 class token 的 softmax 温度：越低越锐利；接近学生的温度则变平。官方代码为 .04，其长训练为 .07；与 DINO 一样，小数据集宜更小。</translation>
    </message>
    <message>
        <source>The same for the patches, which need a softer distribution: .07 in the official code.</source>
        <translation>对图块的同一温度，图块需要更柔和的分布：官方代码为 .07。</translation>
    </message>
    <message>
        <source>Where the teacher&apos;s momentum starts, rising to 1; .996 in the paper&apos;s long runs. At 1 it is not updated.</source>
        <translation>教师动量的起点，随后升到 1；论文的长训练为 .996。为 1 时它永远不学习。</translation>
    </message>
    <message>
        <source>Momentum of both centres; 1 disables centring: all patches and images then soon have the same visual token.</source>
        <translation>两个中心的动量；1 关闭居中：所有图块和图像很快会得到同一个视觉词元。</translation>
    </message>
    <message>
        <source>Share of the run in which the last layer is frozen; one epoch in the paper.</source>
        <translation>最后一层保持不动所占的运行比例；论文为一轮。</translation>
    </message>
    <message>
        <source>Number K of visual tokens, shared by class token and patches; 8,192 in the paper, for millions of images.</source>
        <translation>视觉词元的数量 K，class token 与图块共用；论文为 8,192，用于数百万张图像。</translation>
    </message>
    <message>
        <source>Masks per image and step. 1 draws one mask of mask_ratio. 4 splits the patches into four visible sets of 25 %, so that every patch is encoded once and reconstructed three times: more is learned from an image, in a step that takes up to four times as long (FastConvMAE&apos;s complementary masks); mask_ratio then has no effect. Try this first.</source>
        <translation>每张图像每步的掩码数。1 按 mask_ratio 抽取一个掩码。4 把图块分成四个各占 25 % 的可见集合，使每个图块被编码一次、被重建三次：从一张图像学到更多，但每步耗时最多为四倍（FastConvMAE 的互补掩码）；这时 mask_ratio 不起作用。建议先调这一项。</translation>
    </message>
    <message>
        <source>Share of the patches that is masked. At 0.9 too little is visible for a reconstruction, at 0.3 it can be copied from the neighbours; 0.75 as in MAE and in the paper.</source>
        <translation>被掩蔽的图块比例。0.9 时可见部分太少，无法重建；0.3 时可由相邻图块得出；0.75 与 MAE 和论文相同。</translation>
    </message>
    <message>
        <source>Blocks of the decoder; 8 in the paper. A deeper one reconstructs better and takes more time.</source>
        <translation>解码器的块数；论文为 8。更深的解码器重建得更好，但耗时更多。</translation>
    </message>
    <message>
        <source>Reconstruct each patch normalised by its own mean and deviation, as MAE does: structure then counts more than brightness. Without it the colours are most of the loss.</source>
        <translation>与 MAE 相同，重建以自身均值和标准差归一化的图块：这时结构比亮度更重要。不归一化时，损失大部分来自颜色。</translation>
    </message>
    <message>
        <source>Cells across the visible block, and steps from it to the image&apos;s edge. More cells give a finer reconstruction and more steps, over which errors grow; 1 is a single step. The size of a cell is relative to the image, with 4 an eighth: 4 px of 32, 28 px of 224. The cells of a ViT are its patches, whatever is set here.</source>
        <translation>可见区块每边的单元数，也是从它到图像边缘的步数。单元越多则重建越精细，步数也越多，误差随步数增大；1 为一步到位。单元的大小相对于图像，取 4 时为八分之一：32 px 中的 4 px，224 px 中的 28 px。无论这里如何设置，ViT 的单元都是它的图块。</translation>
    </message>
    <message>
        <source>3x3 convolutions of the decoder. Each enlarges its receptive field by one cell, so that with many the decoder reconstructs the image without the extrapolation; 0 reconstructs each cell on its own.</source>
        <translation>解码器的 3 × 3 卷积数。每多一个，感受野就扩大一个单元，因此很多时解码器不靠外推就能重建图像；0 则单独重建每个单元。</translation>
    </message>
    <message>
        <source>Reconstruct each cell normalised by its own mean and deviation, as MAE does. Far from the visible block only colours and large shapes can be predicted, and this removes the colours: leave it off first.</source>
        <translation>与 MAE 相同，重建以自身均值和标准差归一化的单元。在远离可见区块处，只有颜色和大的形状可以预测，而归一化会去掉颜色：建议先保持关闭。</translation>
    </message>
    <message>
        <source>Try this first. The target of each cell: its pixels, normalised by their mean and deviation, or histograms of oriented gradients (HOG). The paper&apos;s ViTs predict histograms, which do not depend on the exact position of an edge or on colour; they need long training to be better. On Swin both are equally good.</source>
        <translation>建议先调这一项。每个单元的目标：以其均值和标准差归一化的像素，或方向梯度直方图（HOG）。论文的 ViT 预测直方图，它不取决于边缘的确切位置和颜色；需要长时间训练才会更好。在 Swin 上两者同样好。</translation>
    </message>
    <message>
        <source>Lower layers reconstruct fine cells and higher layers coarse ones: a quarter of a patch (but at least 2 px), then twice as large from layer to layer. Off, all layers reconstruct cells of one patch, to show the effect of the scales (Table 6).</source>
        <translation>低层重建精细的单元，高层重建粗略的单元：从图块的四分之一（但至少 2 px）开始，逐层加倍。关闭时，各层都重建一个图块大小的单元，由此可看出多尺度的作用（表 6）。</translation>
    </message>
    <message>
        <source>Blocks of each decoder; 1 in the paper, so that the reconstruction takes little time.</source>
        <translation>每个解码器的块数；论文为 1，使重建耗时很少。</translation>
    </message>
    <message>
        <source>Try this first. Number of layers that reconstruct, evenly from the middle of the encoder to its end: 4 are layers 6, 8, 10 and 12 of 12, as in the paper, or 3, 4, 5 and 6 of 6. With 1, the last layer only, this is MAE.</source>
        <translation>建议先调这一项。有多少层进行重建，从编码器的中部到末端均匀分布：4 与论文相同，为 12 层中的第 6、8、10、12 层，或 6 层中的第 3、4、5、6 层。取 1 时只有最后一层，即为 MAE。</translation>
    </message>
    <message>
        <source>Reconstruct each patch normalised by its own mean and deviation. Off, brightness counts more than edges.</source>
        <translation>重建以自身均值和标准差归一化的图块。关闭时，亮度比边缘更重要。</translation>
    </message>
    <message>
        <source>Blocks to predict in each image; 4 in the paper, where 1 is much worse (Table 10).</source>
        <translation>每张图像中要预测的区块数；论文为 4，其中 1 要差得多（表 10）。</translation>
    </message>
    <message>
        <source>Smallest target, as a share of the image. Try this first: a small block can be predicted from the texture around it, a large one needs the content of the image (Table 8).</source>
        <translation>最小的目标，以图像的比例表示。建议先调这一项：小区块是纹理，相邻部分会泄露它；大区块才是事物（表 8）。</translation>
    </message>
    <message>
        <source>Where the teacher&apos;s momentum starts, rising to 1; .996 as in the paper. With a lower value the teacher follows the student to features that are easy to predict because they are nearly constant; near 1 the targets stay those of an untrained network.</source>
        <translation>教师动量的起点，随后升到 1；与论文相同，为 .996。更低时，教师会跟随学生走向因近乎恒定而容易预测的特征；接近 1 时，目标一直是未训练网络的输出。</translation>
    </message>
    <message>
        <source>Whether the predicted embeddings are constants for the gradient. Without it the embeddings of all patches become equal, which is easy to predict and useless: try it to see a collapse.</source>
        <translation>预测目标的嵌入是否不传梯度。若传梯度，所有图块的嵌入会变得相同，容易预测却毫无用处：可以试一试，看看坍缩。</translation>
    </message>
    <message>
        <source>Weight of the contrast of two crops beside the loss of the values. 0 leaves the agent alone, with random crops as in RAD (2004.14990). Do not expect the contrast to help much: in `reach` the agent learns as well without it, and in others&apos; experiments with the official code it is the random crop that helps. Where each episode has another background, pictures can be told apart by it alone. What the contrast learns by itself is seen with `detach`.</source>
        <translation>两个裁剪之间的对比在价值损失之外的权重。设为 0 时只剩智能体本身，使用 RAD（2004.14990）那样的随机裁剪。不要指望对比有多大帮助：在 `reach` 中，智能体没有它也学得一样好；在他人用官方代码做的实验中，起作用的是随机裁剪。如果每个回合的背景都不同，单凭背景就能区分图像。对比本身能学到什么，可用 `detach` 查看。</translation>
    </message>
    <message>
        <source>Weight lambda of SIGReg beside the prediction; .1 in the paper, .09 in its code. The method&apos;s one trade-off: with 0 all pictures get the same embedding, which is easy to predict and useless; with much of it the embeddings are spread, and hardly predicted.</source>
        <translation>SIGReg 相对于预测项的权重 λ；论文中为 0.1，其代码中为 0.09。这是该方法唯一的权衡：为 0 时所有画面得到相同的嵌入，容易预测却毫无用处；过大时嵌入虽然分散，却几乎无法预测。</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史画面数</translation>
    </message>
    <message>
        <source>Last pictures from which the next embedding is predicted; 3 in the paper. One does not show how things move, and is enough in `reach`. Each takes time.</source>
        <translation>用来预测下一嵌入的最近画面数；论文中为 3。一幅画面看不出物体如何运动，但在 `reach` 中已足够。每增加一幅都更费时间。</translation>
    </message>
    <message>
        <source>Horizon</source>
        <translation>规划步数</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>What a plan costs: the squared distance from the goal&apos;s embedding of all predicted ones (`mean`), or of the last (`last`), as in the paper. With the last alone it does not matter when the goal is reached; and where one cannot stand still, as in `reach`, a plan may have to leave it again.</source>
        <translation>一个计划的代价：所有预测嵌入与目标嵌入的平方距离的平均（`mean`），或仅最后一个的距离（`last`，与论文相同）。只看最后一个时，何时到达目标并不重要；而在不能停留的地方（如 `reach`），计划可能不得不再次离开目标。</translation>
    </message>
    <message>
        <source>Random directions on which SIGReg projects the embeddings, new ones at each step; 1,024 in the paper. Many take more time.</source>
        <translation>SIGReg 投影嵌入所用的随机方向数，每一步重新抽取；论文中为 1,024。越多越费时间。</translation>
    </message>
    <message>
        <source>Size of the embedding; 192 in the paper. Keep it below the batch size.</source>
        <translation>嵌入的维数；论文中为 192。请保持小于批大小。</translation>
    </message>
    <message>
        <source>Width of the hidden layer of both projectors; 2,048 in the official code.</source>
        <translation>两个投影头隐藏层的宽度；官方代码中为 2,048。</translation>
    </message>
    <message>
        <source>Width of the predictor, a transformer with four heads; 192 in the paper.</source>
        <translation>预测器（四个注意力头的 Transformer）的宽度；论文中为 192。</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>深度</translation>
    </message>
    <message>
        <source>Blocks of the predictor; 6 in the paper.</source>
        <translation>预测器的块数；论文中为 6。</translation>
    </message>
    <message>
        <source>Dropout in the predictor; .1 in the paper.</source>
        <translation>预测器中的 dropout；论文中为 0.1。</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>候选计划数</translation>
    </message>
    <message>
        <source>Plans that are tried in a round; the next round draws its plans like the best tenth. 300 in the paper.</source>
        <translation>每一轮尝试的计划数；下一轮按其中最好的十分之一来抽取计划。论文中为 300。</translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Rounds of a search for a plan; 30 in the paper.</source>
        <translation>搜索一个计划的轮数；论文中为 30。</translation>
    </message>
    <message>
        <source>Environment steps before the first training step.</source>
        <translation>第一个训练步之前的环境步数。</translation>
    </message>
    <message>
        <source>Softmax temperature tau; .1 in the paper. Small values weight only the most similar images of other classes and can diverge, large ones weight all equally. Try this first.</source>
        <translation>Softmax 温度 tau；论文为 .1。小值只看其他类别中最相似的图像，可能发散；大值对所有图像一视同仁。建议先调这一项。</translation>
    </message>
    <message>
        <source>Keys in the queue: 65,536 for ImageNet, 4,096 in the CIFAR recipe. A queue longer than the data contains old keys of the same image.</source>
        <translation>队列中的 key 数：ImageNet 为 65,536，CIFAR 方案为 4,096。若比数据还长，会含有同一图像的旧 key。</translation>
    </message>
    <message>
        <source>Where the target&apos;s momentum starts; it rises to 1 along a cosine. .996 in the paper&apos;s long runs, less for short ones. 1 never updates the target, with 0 it is the online network: both fail (Table 5a).</source>
        <translation>目标网络动量的起点；它沿余弦升到 1。论文的长训练为 .996，短训练宜更小。1 使目标永不移动，0 使其等于在线网络：两者都失败（表 5a）。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 1; .2 for ViTs in the paper, 1 for a ResNet-50 in the official code. Small values weight only the nearest negatives. Try this first.</source>
        <translation>Softmax 温度 tau，式 1；论文中 ViT 为 .2，官方代码中 ResNet-50 为 1。小值只看最近的负样本。建议先调这一项。</translation>
    </message>
    <message>
        <source>Freeze the initial patch projection of a ViT: training it makes large ViTs unstable (Sec. 4.2). No effect for a convolutional network.</source>
        <translation>让 ViT 的图块投影保持初始值：训练它会使大型 ViT 不稳定（4.2 节）。卷积网络没有图块投影，此项不起作用。</translation>
    </message>
    <message>
        <source>Softmax temperature tau: small values weight only the most similar images, large ones weight all equally. .07 in the official code, with thousands of negatives. Try this first.</source>
        <translation>Softmax 温度 tau：小值只看最相似的图像，大值对所有图像一视同仁。官方代码为 .07，负样本有数千个。建议先调这一项。</translation>
    </message>
    <message>
        <source>How many rows are predicted after the skipped ones, each by a W_k of its own; the paper goes down to the fifth row. Far rows are harder and need the content of the whole image.</source>
        <translation>跳过的行之后预测多少行，每行有各自的 W_k；论文一直预测到第五行。远处的行更难，需要了解整幅图像的内容。</translation>
    </message>
    <message>
        <source>Factor of the logits z·W c. 1 in Eq. 3; .1 in the code printed in CPC v2, for stable first steps.</source>
        <translation>logits z·W c 的系数。式 3 为 1；CPC v2 所印代码为 .1，可使最初几步保持平稳。</translation>
    </message>
    <message>
        <source>Normalisation in a ResNet. The paper&apos;s has none; with batch normalisation patches share information through the batch statistics, which was harmful for large networks in CPC v2. A ViT has layer normalisation in any case.</source>
        <translation>ResNet 中的归一化。论文没有；批归一化会让图块通过批统计量得知彼此，CPC v2 发现这对大型网络有害。ViT 总是使用层归一化。</translation>
    </message>
    <message>
        <source>From how many sides patches are predicted: 1 from above as in CPC, 2 also from below, 4 also from left and right. Each has a context network of its own (Fig. 3, BU and HP).</source>
        <translation>从几个方向预测图块：1 同 CPC，只从上方；2 加上从下方；4 再加上从左右两侧。每个方向有各自的上下文网络（图 3，BU 和 HP）。</translation>
    </message>
    <message>
        <source>Power of the distance between two views. 2 in the paper; 1 weights near and far pairs equally, large powers only the farthest.</source>
        <translation>两个视图之间距离的幂。论文为 2；1 对远近的样本对施加同样的拉力，大的幂只拉最远的。</translation>
    </message>
    <message>
        <source>Inverse width of the Gaussian of the distance between images; 2 in the paper. Large values weight only the nearest images, like a small temperature in SimCLR; small ones weight all equally.</source>
        <translation>另一图像多近才被推开，即高斯核宽度的倒数；论文为 2。大值只看最近的图像，类似 SimCLR 中的小温度；小值对所有图像施加同样的推力。</translation>
    </message>
    <message>
        <source>Weight lambda of uniformity against alignment, the one to try first; 1 by default in the official code. 0 collapses to one point, very large values increase the distance of two views of an image.</source>
        <translation>均匀性相对于对齐性的权重 lambda，建议先调这一项；官方代码默认为 1。0 会坍塌到一点，过大会把同一图像的视图分散开。</translation>
    </message>
    <message>
        <source>Size of the embedding; 128 in the official code.</source>
        <translation>球面所在空间的维度；官方代码为 128。</translation>
    </message>
    <message>
        <source>Softmax temperature tau. Small values weight only the nearest negatives, large ones weight all equally. Here as in SimCLR, so that the two differ only in the loss; .1 in common implementations.</source>
        <translation>Softmax 温度 tau。小值只推开最近的负样本，大值对所有负样本施加同样的推力。这里同 SimCLR，使两者只在损失上不同；常见代码取 .1。</translation>
    </message>
    <message>
        <source>With none it is DCL: all positive pairs have the same weight. With von_mises_fisher it is DCLW: less similar pairs have a larger weight, similar ones a smaller one.</source>
        <translation>none 即为 DCL：所有正样本对的拉力相同。von_mises_fisher 即为 DCLW：仍然相距较远的样本对拉力更大，已经一致的更小。</translation>
    </message>
    <message>
        <source>What a cosine is divided by in ln p_m. Small values allow a very certain model, large ones make all images about equally likely.</source>
        <translation>ln p_m 中余弦所除的数。小值让模型对图像更有把握，大值使所有图像的可能性大致相同。</translation>
    </message>
    <message>
        <source>How much faster than the weights the constant c learns: it is one number that changes by several nats. 0 keeps its initial value.</source>
        <translation>常数 c 的学习速度是权重的多少倍：它只是一个数，却要移动若干 nat。0 使其停在起点。</translation>
    </message>
    <message>
        <source>How an image is discriminated from all others. softmax compares it with every row of the bank: exact, and the official code&apos;s choice on CIFAR-10. nce compares it with a few drawn rows (Sec. 3.2), for hundreds of thousands of images.</source>
        <translation>如何把一张图像与所有其他图像区分开。softmax 将它与记忆库的每一行比较：这是精确的，也是官方代码在 CIFAR-10 上的选择。nce 将它与少数抽取的行比较（3.2 节），适合数十万张及以上的图像。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 2; .07 in the paper on ImageNet, .1 in the official CIFAR-10 script. Smaller values weight only the most similar rows, which in a short run are the newest; larger ones weight all equally. Try this first.</source>
        <translation>Softmax 温度 tau，式 2；论文在 ImageNet 上为 .07，官方 CIFAR-10 脚本为 .1。更小的值只推开最相似的行，而在短训练中它们只是最新的行；更大的值对所有行一视同仁。建议先调这一项。</translation>
    </message>
    <message>
        <source>How much of an image&apos;s old row stays when the image is seen again, once an epoch; .5 in the official code. 0 keeps only the last view, 1 keeps the initial random vector.</source>
        <translation>再次见到一张图像时（每轮一次），保留多少它的旧行；官方代码为 .5。0 只保留最近的视图，1 永远停在随机起点。</translation>
    </message>
    <message>
        <source>Batch normalisation after the linear layer. The paper has none: then all features of an untrained network have one direction, which changes faster than the bank, where each row is updated once per epoch, and the first epochs are lost.</source>
        <translation>线性层之后的批归一化。论文没有：这时新网络的所有特征都指向同一方向，而这一方向移动之快，使每轮只见每张图像一次的记忆库无法跟上，最初几轮因此被浪费。</translation>
    </message>
    <message>
        <source>Softmax temperature tau; .1 in the paper. Small values increase only the distance of the nearest images; with large ones all probabilities are equal. Try this first.</source>
        <translation>Softmax 温度 tau；论文为 .1。小值只分开最近的图像，大值则无法判定任何图像认错。建议先调这一项。</translation>
    </message>
    <message>
        <source>Weight of the spreading term; 1 in the paper. 0 leaves only the softmax, which also spreads, but less; large values outweigh the invariance of two views.</source>
        <translation>分散项的权重；论文为 1。0 只留下 softmax，它也有分散作用，只是较弱；大值会忘记同一图像的两个视图本属一体。</translation>
    </message>
    <message>
        <source>Softmax temperature tau, Eq. 3; .1 in the paper. Smaller values weight only the most similar of the other images, larger ones weight all equally.</source>
        <translation>Softmax 温度 tau，式 3；论文为 .1。更小的值只看其他图像中最相似的，更大的值对所有图像一视同仁。</translation>
    </message>
    <message>
        <source>Stop the gradient on the side of the target. Without it the network collapses at once (Fig. 2).</source>
        <translation>在目标一侧截断梯度。没有它，网络会立即坍塌（图 2）。</translation>
    </message>
    <message>
        <source>Softmax temperature of the teacher after its warm-up, .04 to .07 in the paper, less on small sets: lower is sharper; near the student&apos;s the output becomes uniform (Table 13).</source>
        <translation>预热后教师网络的 softmax 温度，论文为 .04 到 .07，小数据集宜更小：越低越锐利；接近学生的温度则变平（表 13）。</translation>
    </message>
    <message>
        <source>Momentum of the centre; 1 disables centring: one dimension then dominates.</source>
        <translation>中心的动量；1 关闭居中，这时某一维度会独占。</translation>
    </message>
    <message>
        <source>Share of the run in which the last layer is frozen; one epoch of 100 in the paper.</source>
        <translation>最后一层保持不动所占的运行比例；论文为 100 轮中的 1 轮。</translation>
    </message>
    <message>
        <source>Batch normalisation in the head&apos;s hidden layers: off in the paper; with it a short run leaves the uniform output sooner.</source>
        <translation>头部隐藏层中的批归一化：论文中关闭；短训练中开启可更快离开平坦的起点。</translation>
    </message>
    <message>
        <source>Share of the target that is uniform over all classes. 0 is a one-hot target, with 1 nothing can be learned; .1 is usual on ImageNet (1512.00567, Sec. 7), and it makes the features of a class more similar.</source>
        <translation>目标中均匀分给所有类别的比例。0 要求完全确定，1 则什么也学不到；ImageNet 上通常为 .1（1512.00567，7 节），它会把同一类别的图像聚得更近。</translation>
    </message>
    <message>
        <source>Weight lambda of the views&apos; distance, Eq. 6; 25 in the paper. 0 does not train invariance.</source>
        <translation>视图间距离的权重 lambda，式 6；论文为 25。0 不要求一致。</translation>
    </message>
    <message>
        <source>Weight mu of the hinge loss that keeps the standard deviation of every dimension at 1; 25 in the paper. With 0 the network collapses: all embeddings become equal. Keep it equal to the invariance.</source>
        <translation>铰链项的权重 mu，该项使每个维度的标准差保持为 1；论文为 25。0 会让所有图像落在一点：网络坍塌。请与“不变性”保持相等。</translation>
    </message>
    <message>
        <source>Weight nu of the squared covariances between dimensions; 1 in the paper. With 0 dimensions can be equal. Try this first.</source>
        <translation>维度间协方差平方的权重 nu；论文为 1。0 允许各维度相互重复。建议先调这一项。</translation>
    </message>
    <message>
        <source>Width of the expander&apos;s three layers and size of the embedding. 8,192 in the paper, where larger is better.</source>
        <translation>expander 三层的宽度以及嵌入的大小。论文为 8,192：越宽越好。</translation>
    </message>
    <message>
        <source>Weight lambda of SIGReg, 1 - lambda that of the prediction; the method&apos;s one trade-off, .05 in the paper, .02 in its minimal code. With 0 all embeddings collapse, with 1 the views are not compared. Try this first.</source>
        <translation>SIGReg 的权重 lambda，预测的权重为 1 - lambda；这是该方法唯一的权衡，论文为 .05，其最简代码为 .02。0 会让所有图像落在一点，1 不要求一致。建议先调这一项。</translation>
    </message>
    <message>
        <source>Random directions on which the embeddings are projected, new ones at each step; 1,024 in the paper, 256 in its minimal code. Few are enough, because they change at each step (Sec. 4.3); many take more time.</source>
        <translation>用来观察嵌入的随机方向数，每步重新抽取；论文为 1,024，其最简代码为 256。少量即足够，因为它们会随步数累积（4.3 节）；过多则费时。</translation>
    </message>
    <message>
        <source>Size of the embedding; 64 to 1,024 in the paper, 16 in the minimal code. Keep it below the batch size.</source>
        <translation>嵌入的大小；论文为 64 到 1,024，最简代码为 16。应小于批量，因为要由批次来填满它。</translation>
    </message>
    <message>
        <source>Smoothness of the codes: with large values they are all equal and the network collapses (App. D.1).</source>
        <translation>编码的平滑程度：值大则所有编码趋同，网络坍塌（附录 D.1）。</translation>
    </message>
    <message>
        <source>Share of the run in which the prototypes are frozen.</source>
        <translation>prototype 保持初始值所占的运行比例。</translation>
    </message>
    <message>
        <source>An image and its caption must find each other among all the images and captions of the batch.</source>
        <translation>图像与其说明文字须在批次中所有图像和说明文字之间找到彼此。</translation>
    </message>
    <message>
        <source>nearest captions</source>
        <translation>最近的说明文字</translation>
    </message>
    <message>
        <source>caption</source>
        <translation>说明文字</translation>
    </message>
    <message>
        <source>How pairs are matched. `clip`: each image is classified as its own caption among the batch&apos;s, and each caption as its own image. `siglip`: each pair is classified by itself as matching or not (2303.15343).</source>
        <translation>如何匹配图文对。`clip`：在批次内把每张图像归为自己的说明文字，把每条说明文字归为自己的图像。`siglip`：对每一对单独判断是否匹配（2303.15343）。</translation>
    </message>
    <message>
        <source>Size of the space that images and captions share.</source>
        <translation>图像与说明文字共用空间的维数。</translation>
    </message>
    <message>
        <source>Text width</source>
        <translation>文本编码器宽度</translation>
    </message>
    <message>
        <source>Width of the text encoder; the paper takes 512.</source>
        <translation>文本编码器的宽度；论文取 512。</translation>
    </message>
    <message>
        <source>Text depth</source>
        <translation>文本编码器深度</translation>
    </message>
    <message>
        <source>Transformer blocks of the text encoder; the paper takes 12.</source>
        <translation>文本编码器的 Transformer 块数；论文取 12。</translation>
    </message>
    <message>
        <source>Text heads</source>
        <translation>文本注意力头数</translation>
    </message>
    <message>
        <source>Most attention heads of the text encoder; fewer where the width is not a multiple of them.</source>
        <translation>文本编码器的最大注意力头数；宽度不能整除时取更少。</translation>
    </message>
    <message>
        <source>Text length</source>
        <translation>文本长度</translation>
    </message>
    <message>
        <source>Longest caption in tokens, start and end included; longer ones lose their last words. The paper takes 76.</source>
        <translation>说明文字的最大词元数，含起始和结束；更长的会丢掉末尾的词。论文取 76。</translation>
    </message>
    <message>
        <source>Most words of the captions that have a token of their own; other words are read byte by byte.</source>
        <translation>拥有独立词元的词的最大数量；其余的词按字节读取。</translation>
    </message>
    <message>
        <source>title, label</source>
        <translation>标题, 标签</translation>
    </message>
    <message>
        <source>comment, description, remarks</source>
        <translation>备注, 说明, 评论</translation>
    </message>
    <message>
        <source>labels, groups</source>
        <translation>标签, 分组</translation>
    </message>
    <message>
        <source>first layers, CIFAR stem</source>
        <translation>首层, 前几层</translation>
    </message>
    <message>
        <source>patch size, tokens</source>
        <translation>图块大小, 标记</translation>
    </message>
    <message>
        <source>pooling, class token</source>
        <translation>池化, 类别标记</translation>
    </message>
    <message>
        <source>initialisation</source>
        <translation>初始化</translation>
    </message>
    <message>
        <source>stochastic depth, dropout, regularisation</source>
        <translation>随机深度, 丢弃, 正则化</translation>
    </message>
    <message>
        <source>resolution, image size, pixels, width, height</source>
        <translation>分辨率, 图像大小, 像素, 宽度, 高度, 尺寸</translation>
    </message>
    <message>
        <source>number of images, samples, dataset size</source>
        <translation>图像数量, 样本数, 数据集大小</translation>
    </message>
    <message>
        <source>random split</source>
        <translation>随机划分</translation>
    </message>
    <message>
        <source>validation split, holdout, dev set</source>
        <translation>验证集, 留出集</translation>
    </message>
    <message>
        <source>test split, holdout</source>
        <translation>测试集, 留出集</translation>
    </message>
    <message>
        <source>train test split</source>
        <translation>训练集测试集划分</translation>
    </message>
    <message>
        <source>download folder, dataset directory</source>
        <translation>下载文件夹, 数据集目录</translation>
    </message>
    <message>
        <source>cache, RAM, memory map</source>
        <translation>缓存, 内存, 内存映射</translation>
    </message>
    <message>
        <source>algorithm, model, loss, pretraining</source>
        <translation>算法, 模型, 损失, 预训练</translation>
    </message>
    <message>
        <source>evaluation interval, accuracy, k nearest neighbours</source>
        <translation>评估间隔, 准确率, k 近邻</translation>
    </message>
    <message>
        <source>neighbors, k nearest neighbours</source>
        <translation>邻居数, k 近邻</translation>
    </message>
    <message>
        <source>k nearest neighbours, evaluation</source>
        <translation>k 近邻, 评估</translation>
    </message>
    <message>
        <source>collapse, health, logging interval</source>
        <translation>坍缩, 健康, 记录间隔</translation>
    </message>
    <message>
        <source>map, embedding, snapshot</source>
        <translation>映射图, 嵌入, 快照</translation>
    </message>
    <message>
        <source>visualizations, images</source>
        <translation>可视化, 图像</translation>
    </message>
    <message>
        <source>optimizer, AdamW, SGD, LARS, Adam</source>
        <translation>优化器, 优化算法</translation>
    </message>
    <message>
        <source>lr, step size, rate</source>
        <translation>lr, 步长, 速率</translation>
    </message>
    <message>
        <source>L2, regularisation, wd</source>
        <translation>L2, 正则化</translation>
    </message>
    <message>
        <source>beta1</source>
        <translation>动量系数</translation>
    </message>
    <message>
        <source>betas, Adam</source>
        <translation>二阶矩系数</translation>
    </message>
    <message>
        <source>warm-up, ramp</source>
        <translation>预热, 热身</translation>
    </message>
    <message>
        <source>minimum learning rate, eta min, end</source>
        <translation>最小学习率, 结束时的学习率</translation>
    </message>
    <message>
        <source>gradient clipping, grad norm</source>
        <translation>梯度裁剪, 梯度范数</translation>
    </message>
    <message>
        <source>gradient accumulation, effective batch size</source>
        <translation>梯度累积, 有效批大小</translation>
    </message>
    <message>
        <source>batch size, minibatch</source>
        <translation>批大小, 批量, 小批量</translation>
    </message>
    <message>
        <source>sampler, shuffling</source>
        <translation>采样器, 打乱, 洗牌</translation>
    </message>
    <message>
        <source>length, duration, training time, iterations</source>
        <translation>长度, 时长, 训练时间, 迭代次数, 轮数</translation>
    </message>
    <message>
        <source>length, duration, training time, hours, time limit</source>
        <translation>长度, 时长, 训练时间, 小时, 时间限制</translation>
    </message>
    <message>
        <source>length, duration, iterations, updates</source>
        <translation>长度, 时长, 迭代次数, 更新次数</translation>
    </message>
    <message>
        <source>random seed, reproducible, repeat</source>
        <translation>随机种子, 可重复, 复现</translation>
    </message>
    <message>
        <source>GPU, CPU, CUDA, MPS, graphics card</source>
        <translation>显卡, 处理器</translation>
    </message>
    <message>
        <source>mixed precision, amp, bf16, float16, fp32</source>
        <translation>混合精度, 半精度</translation>
    </message>
    <message>
        <source>cores, workers, processes</source>
        <translation>核心数, 进程数</translation>
    </message>
    <message>
        <source>save, autosave, checkpoint interval</source>
        <translation>保存, 自动保存, 检查点间隔</translation>
    </message>
    <message>
        <source>save, snapshots, history</source>
        <translation>保存, 快照, 历史</translation>
    </message>
    <message>
        <source>number of views, crops</source>
        <translation>视图数量, 裁剪</translation>
    </message>
    <message>
        <source>multi-crop, local crops, global crops</source>
        <translation>多裁剪, 局部裁剪, 全局裁剪</translation>
    </message>
    <message>
        <source>resolution, crop size, image size</source>
        <translation>分辨率, 裁剪大小, 图像大小, 尺寸</translation>
    </message>
    <message>
        <source>random resized crop, scale, zoom</source>
        <translation>随机裁剪, 缩放, 比例</translation>
    </message>
    <message>
        <source>aspect ratio</source>
        <translation>宽高比, 长宽比</translation>
    </message>
    <message>
        <source>mirror, horizontal flip</source>
        <translation>镜像, 水平翻转</translation>
    </message>
    <message>
        <source>rotate, angle</source>
        <translation>旋转, 角度</translation>
    </message>
    <message>
        <source>color jitter, colour distortion</source>
        <translation>颜色抖动, 颜色失真</translation>
    </message>
    <message>
        <source>color jitter, light</source>
        <translation>颜色抖动, 亮度, 光照</translation>
    </message>
    <message>
        <source>color jitter</source>
        <translation>颜色抖动</translation>
    </message>
    <message>
        <source>color jitter, colourfulness</source>
        <translation>颜色抖动, 鲜艳程度</translation>
    </message>
    <message>
        <source>color jitter, tint</source>
        <translation>颜色抖动, 色调</translation>
    </message>
    <message>
        <source>greyscale, gray, black and white</source>
        <translation>灰度, 黑白</translation>
    </message>
    <message>
        <source>Gaussian blur, smoothing</source>
        <translation>高斯模糊, 平滑</translation>
    </message>
    <message>
        <source>blur radius, blur strength</source>
        <translation>模糊半径, 模糊强度</translation>
    </message>
    <message>
        <source>solarisation, invert</source>
        <translation>曝光, 反色</translation>
    </message>
    <message>
        <source>random erasing, cutout</source>
        <translation>随机擦除, 遮挡</translation>
    </message>
    <message>
        <source>augmentation, transforms</source>
        <translation>数据增强, 变换</translation>
    </message>
    <message>
        <source>Your photographs in five minutes: SimCLR at 64 px</source>
        <translation>五分钟训练您的照片：SimCLR，64 px</translation>
    </message>
    <message>
        <source>CPU threads. Where other programs are busy, fewer are faster.</source>
        <translation>CPU 线程数。其他程序繁忙时，线程少一些反而更快。</translation>
    </message>
    <message>
        <source>Beta1</source>
        <translation>Beta1</translation>
    </message>
    <message>
        <source>First moment&apos;s decay of AdamW. Methods with a discriminator take .5: the loss of each network changes with the other.</source>
        <translation>AdamW 一阶矩的衰减率。有判别器的方法取 .5:每个网络的损失都随另一个网络而变。</translation>
    </message>
    <message>
        <source>betas, Adam, momentum</source>
        <translation>betas, Adam, 动量</translation>
    </message>
    <message>
        <source>How the learning rate moves after the warm-up; `step` divides it by ten after 60 % and after 80 % of the run, `linear` lowers it in a straight line over the second half.</source>
        <translation>预热之后学习率如何变化;`step` 在运行的 60 % 和 80 % 之后各除以十,`linear` 在后半程沿直线下降。</translation>
    </message>
    <message>
        <source>scheduler, cosine annealing, learning rate decay, linear decay</source>
        <translation>调度器, 余弦退火, 学习率衰减, 线性衰减</translation>
    </message>
    <message>
        <source>Clips of one of the shapes, of eight frames each: its motion is the class, its flow is exact, and it makes a sound.</source>
        <translation>单个形状的视频片段，每段八帧：运动方式即类别，光流精确，并带有声音。</translation>
    </message>
    <message>
        <source>Upright shapes</source>
        <translation>图形直立</translation>
    </message>
    <message>
        <source>Shapes stand upright (up to 30° to either side) and the light comes from above, so that a quarter turn can be seen. Otherwise they lie at any angle, and no method can tell by how much an image was turned.</source>
        <translation>图形直立（左右最多偏 30°），光从上方照来，因此可以看出四分之一圈的旋转。否则图形朝向任意，任何方法都无法判断图像被旋转了多少。</translation>
    </message>
    <message>
        <source>gravity, up and down, rotation, symmetry, light from above</source>
        <translation>重力, 上下, 旋转, 对称, 顶光</translation>
    </message>
    <message>
        <source>{method} asks by how much an image was turned, and the objects of {data} lie at any angle: its task stays at chance level. Choose images that have an up and a down, for example simple_shapes, or shapes that stand upright.</source>
        <translation>{method} 要判断图像被旋转了多少，而 {data} 中的物体朝向任意：其任务将停留在随机水平。请选择有上下之分的图像，例如 simple_shapes，或直立的图形。</translation>
    </message>
    <message>
        <source>Relative positions</source>
        <translation>相对位置</translation>
    </message>
    <message>
        <source>relative position bias, position embedding, RPB</source>
        <translation>相对位置偏置, 位置嵌入, RPB</translation>
    </message>
    <message>
        <source>teacher&apos;s features</source>
        <translation>教师的特征</translation>
    </message>
    <message>
        <source>student&apos;s features</source>
        <translation>学生的特征</translation>
    </message>
    <message>
        <source>difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>loss by position</source>
        <translation>各位置的损失</translation>
    </message>
    <message>
        <source>attention distance</source>
        <translation>注意力距离</translation>
    </message>
    <message>
        <source>alike heads</source>
        <translation>注意力头的相似度</translation>
    </message>
    <message>
        <source>Whitening</source>
        <translation>白化</translation>
    </message>
    <message>
        <source>Normalise each target token to mean 0 and variance 1. Without it the size of the targets, and with it the loss, is that of the teacher&apos;s features, and each teacher needs a learning rate of its own.</source>
        <translation>把每个目标词元归一化为均值 0、方差 1。不归一化时，目标的大小以及损失取决于教师特征的大小，每个教师都需要自己的学习率。</translation>
    </message>
    <message>
        <source>Where the loss turns from a square into a line, in deviations of the target; 2 in the paper. Small values make it an absolute error, large ones a squared error.</source>
        <translation>损失从平方变为直线的位置，以目标的标准差为单位；论文中为 2。值小时是绝对误差，值大时是平方误差。</translation>
    </message>
    <message>
        <source>The trained run whose encoder is the teacher: its folder, or its name among the runs. Its images must have the size of this run&apos;s. Its weights are copied when the run starts; afterwards that run is not needed.</source>
        <translation>以其编码器为教师的已训练运行：它的文件夹，或它在运行列表中的名称。其图像大小必须与本次运行相同。权重在运行开始时复制；之后不再需要那次运行。</translation>
    </message>
    <message>
        <source>teacher run, pretrained, distillation</source>
        <translation>教师运行, 预训练, 蒸馏</translation>
    </message>
    <message>
        <source>Teacher, epoch</source>
        <translation>教师，轮次</translation>
    </message>
    <message>
        <source>Which checkpoint of the teacher: the last, or the one that was kept after this epoch.</source>
        <translation>教师的哪个检查点：最后一个，或在该轮之后保留的那个。</translation>
    </message>
    <message>
        <source>the last</source>
        <translation>最后一个</translation>
    </message>
    <message>
        <source>Teacher, backbone</source>
        <translation>教师，骨干网络</translation>
    </message>
    <message>
        <source>Teacher, view</source>
        <translation>教师，视图</translation>
    </message>
    <message>
        <source>Side of the views on which the teacher was trained. Written by the program: it follows the run.</source>
        <translation>教师训练时视图的边长。由程序写入：取决于所选的运行。</translation>
    </message>
    <message>
        <source>of this run</source>
        <translation>与本次运行相同</translation>
    </message>
    <message>
        <source>Second data</source>
        <translation>第二数据集</translation>
    </message>
    <message>
        <source>A second set of images, for methods that translate between two: a built-in set, a torchvision set, a folder of images or an .npz file. Its images are stored at the size of the first set&apos;s and split alike. Methods of one set leave it out.</source>
        <translation>第二个图像集,供在两个图像集之间转换的方法使用:内置数据集、torchvision 数据集、图像文件夹或 .npz 文件。其图像按第一个数据集的尺寸存储,并以同样方式划分。只用一个数据集的方法会略去它。</translation>
    </message>
    <message>
        <source>target domain, domain B, style, unpaired</source>
        <translation>目标域, 域 B, 风格, 无配对</translation>
    </message>
    <message>
        <source>Turn the images of one set into those of another, without pairs: each patch must be recognisable as the patch it was made of.</source>
        <translation>在没有配对的情况下,把一个图像集的图像转换成另一个图像集的样子:每个图块都必须能被认出是由哪个图块生成的。</translation>
    </message>
    <message>
        <source>The rendered shapes, all of them blue before plain mauve: the first of two sets for methods that translate.</source>
        <translation>渲染的形状,全部为蓝色,背景为纯淡紫色:供转换类方法使用的两个数据集中的第一个。</translation>
    </message>
    <message>
        <source>The rendered shapes, all of them orange before green stripes; none is the twin of a blue one.</source>
        <translation>渲染的形状,全部为橙色,背景为绿色条纹;没有一个与蓝色形状成对。</translation>
    </message>
    <message>
        <source>second set</source>
        <translation>第二数据集</translation>
    </message>
    <message>
        <source>translation</source>
        <translation>转换</translation>
    </message>
    <message>
        <source>verdicts</source>
        <translation>判别结果</translation>
    </message>
    <message>
        <source>How often the discriminator halves the side. It scores patches of 18 px with 1, 34 with 2, 70 with 3, the paper&apos;s, whose images have 256 px. Larger patches ask for the right shapes as well as for the right colours.</source>
        <translation>判别器把边长减半的次数。1 次时对 18 px 的图块打分,2 次 34 px,3 次 70 px(论文的设置,其图像为 256 px)。较大的图块除正确的颜色外还要求正确的形状。</translation>
    </message>
    <message>
        <source>Weight of PatchNCE (lambda); 1 in CUT, 10 in FastCUT. Without it nothing keeps a translation like its source. Much above 1 the translation keeps the colours of its source, too. Try this first.</source>
        <translation>PatchNCE 的权重(λ);CUT 中为 1,FastCUT 中为 10。没有它,就没有什么使转换结果与源图像相似。远大于 1 时,转换结果也会保留源图像的颜色。请先尝试调整它。</translation>
    </message>
    <message>
        <source>lambda NCE, content</source>
        <translation>λ NCE, 内容</translation>
    </message>
    <message>
        <source>Identity</source>
        <translation>恒等</translation>
    </message>
    <message>
        <source>Whether images of the second set also pass through the generator, and must keep their patches. FastCUT is without: half the time, and colours may be exchanged.</source>
        <translation>第二数据集的图像是否也经过生成器,并且必须保持其图块。FastCUT 不用它:时间减半,但颜色可能互换。</translation>
    </message>
    <message>
        <source>Weight of the adversarial loss. Without it nothing asks for the second set&apos;s look.</source>
        <translation>对抗损失的权重。没有它,就没有什么要求第二数据集的外观。</translation>
    </message>
    <message>
        <source>lambda GAN</source>
        <translation>λ GAN</translation>
    </message>
    <message>
        <source>Flip equivariance</source>
        <translation>翻转等变</translation>
    </message>
    <message>
        <source>Whether in half of the steps the images are mirrored before they are translated, and the features of the translations back. In FastCUT, not in CUT.</source>
        <translation>是否在一半的步骤中先镜像图像再转换,并把转换结果的特征镜像回来。FastCUT 使用,CUT 不使用。</translation>
    </message>
    <message>
        <source>Temperature of PatchNCE; .07 in the paper. Lower weighs the most similar patches of the image more.</source>
        <translation>PatchNCE 的温度;论文中为 .07。越低,图像中最相似的图块权重越大。</translation>
    </message>
    <message>
        <source>Positions of each map that are compared with one another; 256 in the paper, whose images have 256 px.</source>
        <translation>每个特征图中相互比较的位置数;论文中为 256,其图像为 256 px。</translation>
    </message>
    <message>
        <source>Dimensions of a patch&apos;s projection; 256 in the paper.</source>
        <translation>图块投影的维数;论文中为 256。</translation>
    </message>
    <message>
        <source>Channels of the generator&apos;s first convolution, four times as many in its middle; 64 in the paper.</source>
        <translation>生成器第一个卷积的通道数,中间为其四倍;论文中为 64。</translation>
    </message>
    <message>
        <source>Residual blocks of the generator; 9 in the paper.</source>
        <translation>生成器的残差块数;论文中为 9。</translation>
    </message>
    <message>
        <source>Channels of the discriminator&apos;s first convolution; 64 in the paper.</source>
        <translation>判别器第一个卷积的通道数;论文中为 64。</translation>
    </message>
    <message>
        <source>Discriminator halvings</source>
        <translation>判别器减半次数</translation>
    </message>
    <message>
        <source>Clips as RGB, flow, grey and sound learn seven tasks each; a search without labels finds how much each task counts.</source>
        <translation>视频片段以 RGB、光流、灰度和声音四种形式各学七项任务；无标签的搜索决定每项任务的权重。</translation>
    </message>
    <message>
        <source>clip</source>
        <translation>视频片段</translation>
    </message>
    <message>
        <source>weights by generation</source>
        <translation>各代的权重</translation>
    </message>
    <message>
        <source>cluster shares</source>
        <translation>各簇的占比</translation>
    </message>
    <message>
        <source>fitness and kNN</source>
        <translation>适应度与 kNN</translation>
    </message>
    <message>
        <source>Weights of the losses</source>
        <translation>损失的权重</translation>
    </message>
    <message>
        <source>Weights of the losses. `evolved`: found by the search. `equal`: all 1, `random`: drawn once from the seed; without a search, to compare with.</source>
        <translation>损失的权重。`evolved`：由搜索得到。`equal`：全为 1；`random`：由种子一次抽取；后两者不搜索，用于对照。</translation>
    </message>
    <message>
        <source>evolutionary search, loss weights</source>
        <translation>进化搜索, 损失权重</translation>
    </message>
    <message>
        <source>Search space</source>
        <translation>搜索空间</translation>
    </message>
    <message>
        <source>What is searched. `factorised`: a weight for each modality times one for each task, and three for distillation: 14. `full`: all 31 weights of the paper, for which a search of minutes is too short.</source>
        <translation>搜索什么。`factorised`：每种形式一个权重乘以每项任务一个权重，另有三个蒸馏权重，共 14 个。`full`：论文的全部 31 个权重，几分钟的搜索不够用。</translation>
    </message>
    <message>
        <source>Steps of a candidate</source>
        <translation>每个候选的步数</translation>
    </message>
    <message>
        <source>Steps for which a candidate is trained from the warm start before its fitness is measured. Few measure mostly noise; many leave time for few candidates.</source>
        <translation>每个候选从热启动开始训练多少步后测量适应度。太少主要测到噪声；太多则只来得及试少数候选。</translation>
    </message>
    <message>
        <source>Population</source>
        <translation>种群大小</translation>
    </message>
    <message>
        <source>Candidates of a generation.</source>
        <translation>每一代的候选数。</translation>
    </message>
    <message>
        <source>Share of the warm start</source>
        <translation>热启动的占比</translation>
    </message>
    <message>
        <source>Share of the run&apos;s steps before the search, with equal weights.</source>
        <translation>搜索之前、以相等权重训练的步数占比。</translation>
    </message>
    <message>
        <source>Share of the search</source>
        <translation>搜索的占比</translation>
    </message>
    <message>
        <source>Share of the run&apos;s steps for the search; as many candidates as fit are tried. The rest trains with the best weights, from the warm start on.</source>
        <translation>用于搜索的步数占比；能容纳多少候选就试多少。其余步数从热启动开始，以最好的权重训练。</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>簇数</translation>
    </message>
    <message>
        <source>Clusters k of the features, whose shares are compared with Zipf&apos;s law. At most the clips of the fitness.</source>
        <translation>特征的簇数 k，其占比与齐普夫定律比较。至多为测量适应度的片段数。</translation>
    </message>
    <message>
        <source>Exponent of Zipf&apos;s law</source>
        <translation>齐普夫定律的指数</translation>
    </message>
    <message>
        <source>Exponent s of Zipf&apos;s law: at 0 all clusters should be equally large, at 2 the first has most of the clips.</source>
        <translation>齐普夫定律的指数 s：为 0 时各簇应一样大，为 2 时第一簇占大多数片段。</translation>
    </message>
    <message>
        <source>Fitness clips</source>
        <translation>测量适应度的片段数</translation>
    </message>
    <message>
        <source>Training clips, the same for every candidate, on which the fitness is measured.</source>
        <translation>用来测量适应度的训练片段，每个候选都相同。</translation>
    </message>
    <message>
        <source>Components</source>
        <translation>主成分数</translation>
    </message>
    <message>
        <source>Principal components of the features in which clusters are found.</source>
        <translation>在特征的多少个主成分中聚类。</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧数</translation>
    </message>
    <message>
        <source>Frames of a clip that are encoded, evenly spaced.</source>
        <translation>每个片段编码的帧数，均匀选取。</translation>
    </message>
    <message>
        <source>Softmax temperature of the contrast between modalities.</source>
        <translation>不同形式之间对比的 softmax 温度。</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>background, episode, world, environment</source>
        <translation>背景, 回合, 世界, 环境</translation>
    </message>
    <message>
        <source>Distractor</source>
        <translation>干扰物</translation>
    </message>
    <message>
        <source>Of a world to act in: whether there is another shape, which does nothing.</source>
        <translation>用于可在其中行动的世界：是否还有另一个不起作用的形状。</translation>
    </message>
    <message>
        <source>world, environment</source>
        <translation>世界, 环境</translation>
    </message>
    <message>
        <source>An agent learns to act from pixels, while two random crops of its observations must find each other in the batch.</source>
        <translation>智能体从像素学习如何行动，同时其观测的两个随机裁剪必须在批次中互相找到对方。</translation>
    </message>
    <message>
        <source>A world to act in: move a disc to a shape. As images: its scenes, with the true positions as factors.</source>
        <translation>可在其中行动的世界：把圆盘移到某个形状处。作为图像：其场景，并以真实位置为因子。</translation>
    </message>
    <message>
        <source>A world to act in: move a square below a falling disc, which drifts to a side.</source>
        <translation>可在其中行动的世界：把方块移到下落圆盘的下方，圆盘会向一侧漂移。</translation>
    </message>
    <message>
        <source>episode</source>
        <translation>回合</translation>
    </message>
    <message>
        <source>crops</source>
        <translation>裁剪</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>裁剪</translation>
    </message>
    <message>
        <source>Train on random crops of what the agent sees, all pictures of one observation cut alike. Off: on the middle, which is also what it acts on; then the two crops of the contrast are the same.</source>
        <translation>用智能体所见画面的随机裁剪训练，同一观测的各张画面裁剪位置相同。关闭时：用画面中央，也就是它行动时所用的部分；这时对比的两个裁剪完全相同。</translation>
    </message>
    <message>
        <source>Detach</source>
        <translation>分离</translation>
    </message>
    <message>
        <source>Whether the encoder learns from the contrast alone, and not from the reward (`detach_encoder` of the official code). With a contrast of 0 as well it stays as it was drawn.</source>
        <translation>编码器是否只从对比学习，而不从奖励学习（官方代码的 `detach_encoder`）。若对比权重也为 0，它就保持初始权重。</translation>
    </message>
    <message>
        <source>Momentum of the target network in a step: of the encoder that gives the keys, and of the values. 1 never moves it, 0 makes it the network itself, and the values may diverge. .95 is the paper&apos;s for the encoder.</source>
        <translation>目标网络在每一步的动量：既用于给出键的编码器，也用于动作价值。1 表示从不移动，0 表示就是网络本身，价值可能发散。.95 是论文中编码器所用的值。</translation>
    </message>
    <message>
        <source>Last pictures that the agent is given. Each is encoded, and the features lie side by side. One does not show how things move, and is enough in `reach`; the paper has 3.</source>
        <translation>提供给智能体的最近几张画面。每张分别编码，特征并排拼接。一张画面看不出物体如何运动，但在 `reach` 中已经足够；论文使用 3 张。</translation>
    </message>
    <message>
        <source>Discount</source>
        <translation>折扣</translation>
    </message>
    <message>
        <source>Discount of a reward one step later. .8 looks some five steps ahead, enough for episodes of 10 to 16 steps with a reward at each; .99 for long ones, which takes longer to learn.</source>
        <translation>一步之后的奖励的折扣。.8 大约向前看五步，对 10 到 16 步、每步都有奖励的回合已经足够；长回合用 .99，学习所需时间更长。</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>Environment steps in which the share of random actions falls from 1 to .05.</source>
        <translation>随机动作的比例从 1 降到 .05 所经历的环境步数。</translation>
    </message>
    <message>
        <source>Worlds</source>
        <translation>世界数</translation>
    </message>
    <message>
        <source>Episodes that go on side by side: so many environment steps are taken in each training step.</source>
        <translation>同时进行的回合数：每个训练步中执行这么多环境步。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>起始</translation>
    </message>
    <message>
        <source>Environment steps with random actions before the first training step.</source>
        <translation>第一个训练步之前用随机动作执行的环境步数。</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>The last environment steps that are kept to learn from. Their pictures take memory: at 32 px 4 kB each.</source>
        <translation>保留用于学习的最近环境步数。其画面占用内存：32 px 时每张 4 kB。</translation>
    </message>
    <message>
        <source>Width of the hidden layer of the values.</source>
        <translation>动作价值的隐藏层宽度。</translation>
    </message>
    <message>
        <source>How a ViT knows where its patches lie. `none`: by position embeddings. `shared`: by a learned bias for each distance and direction of two patches, the same in all blocks, without position embeddings; a shift of the image then changes less (2205.14141). Such an encoder cannot be exported for timm or torchvision.</source>
        <translation>ViT 如何知道图块的位置。`none`：用位置嵌入。`shared`：对两个图块的每种距离和方向学习一个偏置，所有层共用，不用位置嵌入；图像平移时变化较小（2205.14141）。这样的编码器不能导出给 timm 或 torchvision。</translation>
    </message>
    <message>
        <source>Frames of a clip</source>
        <translation>片段帧数</translation>
    </message>
    <message>
        <source>Of a folder of videos: how many frames each clip has, evenly spaced in time. Few miss short motions, many take memory and time: a clip of 16 is stored as 16 images.</source>
        <translation>用于视频文件夹：每个片段的帧数，在时间上均匀分布。帧太少会漏掉短暂的运动，帧多则占用内存和时间：16 帧的片段按 16 张图像存储。</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>video, clip length, sampling</source>
        <translation>视频, 片段长度, 采样</translation>
    </message>
    <message>
        <source>Seconds of a clip</source>
        <translation>片段秒数</translation>
    </message>
    <message>
        <source>Of a folder of videos: how many seconds of each file a clip covers, from its middle; of a shorter file all of it. The shorter, the closer its frames: 8 frames of 2 s are .25 s apart.</source>
        <translation>用于视频文件夹：片段取每个文件中间多少秒；文件更短时取全部。越短，帧间隔越小：2 秒取 8 帧时间隔为 0.25 秒。</translation>
    </message>
    <message>
        <source>video, clip duration, stride</source>
        <translation>视频, 片段时长, 步长</translation>
    </message>
    <message>
        <source>whole file</source>
        <translation>整个文件</translation>
    </message>
    <message>
        <source>From the visible part of a clip predict the output of a slow copy of the encoder for what is hidden in all of its frames.</source>
        <translation>根据片段的可见部分，预测编码器的慢速副本对所有帧中被遮挡部分的输出。</translation>
    </message>
    <message>
        <source>clip and masks</source>
        <translation>片段与掩码</translation>
    </message>
    <message>
        <source>target and predicted features</source>
        <translation>目标特征与预测特征</translation>
    </message>
    <message>
        <source>error by frame</source>
        <translation>各帧的误差</translation>
    </message>
    <message>
        <source>Frames of a clip that are encoded, evenly spaced, a multiple of method.tubelet; 16 in the paper. Few show less of a motion, many make a step costly.</source>
        <translation>片段中被编码的帧数，均匀选取，须为 method.tubelet 的倍数；论文中为 16。帧少则看不全运动，帧多则每步代价高。</translation>
    </message>
    <message>
        <source>Frames of a token</source>
        <translation>每个 token 的帧数</translation>
    </message>
    <message>
        <source>Frames in a token. With 1 a token shows no motion; with more there are fewer tokens.</source>
        <translation>一个 token 包含的帧数。为 1 时单个 token 看不到运动；越大，token 越少。</translation>
    </message>
    <message>
        <source>Short-range blocks</source>
        <translation>短程块数</translation>
    </message>
    <message>
        <source>Blocks of a short-range mask, which hides small parts all over the frame.</source>
        <translation>短程掩码的块数，它遮挡分散在整帧上的小部分。</translation>
    </message>
    <message>
        <source>Short share</source>
        <translation>短程块大小</translation>
    </message>
    <message>
        <source>Size of each as a share of the frame. Near 0 what is hidden follows from the pixels around it.</source>
        <translation>每块占一帧的比例。接近 0 时，被遮挡的内容由周围像素即可推出。</translation>
    </message>
    <message>
        <source>Long-range blocks</source>
        <translation>长程块数</translation>
    </message>
    <message>
        <source>Blocks of a long-range mask, which hides most of the frame at one place.</source>
        <translation>长程掩码的块数，它在一处遮挡一帧的大部分。</translation>
    </message>
    <message>
        <source>Long share</source>
        <translation>长程块大小</translation>
    </message>
    <message>
        <source>Size of each as a share of the frame. With the largest hardly anything is left to predict from.</source>
        <translation>每块占一帧的比例。取最大值时，几乎没有可用于预测的内容。</translation>
    </message>
    <message>
        <source>Lowest block: height over width.</source>
        <translation>最矮的块：高与宽之比。</translation>
    </message>
    <message>
        <source>Highest block: height over width.</source>
        <translation>最高的块：高与宽之比。</translation>
    </message>
    <message>
        <source>Least share of the frame that stays visible; other places are drawn where blocks would leave less, up to 20 times. The official code asks for one patch, on a grid of 14 x 14; a grid of 4 x 4 would often be left with one of 16.</source>
        <translation>一帧中保持可见的最小比例；若块留下的更少，则重新抽取位置，最多 20 次。官方代码在 14 x 14 的网格上只要求一个图块；在 4 x 4 的网格上，常常只会剩下 16 个中的一个。</translation>
    </message>
    <message>
        <source>Where the teacher&apos;s momentum starts, rising to 1; .998 as in the paper. With a lower value the teacher follows the student to features that are easy to predict because they are nearly constant; near 1 the targets stay those of an untrained network.</source>
        <translation>教师动量的起始值，升至 1；论文中为 .998。较低时，教师会跟随学生走向几乎恒定、因而容易预测的特征；接近 1 时，目标一直是未训练网络的特征。</translation>
    </message>
    <message>
        <source>Width of the predictor: half the encoder&apos;s or less; 384 in the paper.</source>
        <translation>预测器的宽度：编码器的一半或更小；论文中为 384。</translation>
    </message>
    <message>
        <source>Blocks of the predictor; 12 in the paper.</source>
        <translation>预测器的层数；论文中为 12。</translation>
    </message>
    <message>
        <source>Of a world to act in. `fixed`: the same background, hues and shapes in all episodes. `changing`: others in each, so that the background alone tells apart pictures of two episodes; only the disc keeps its hue, by which it is known.</source>
        <translation>用于可行动的世界。`fixed`：所有回合的背景、色相和形状都相同。`changing`：每个回合各不相同，因此仅凭背景就能区分两个回合的图像；只有圆盘的色相不变，可据此认出它。</translation>
    </message>
    <message>
        <source>Normalisation</source>
        <translation>归一化</translation>
    </message>
    <message>
        <source>How images are normalised before the encoder sees them. `data`: by mean and deviation of the training images. `imagenet`: by those of ImageNet, for which most published encoders were trained. `auto`: as for the weights to begin with, where that is known (a run, an export of this program, a published name), and else by the training images.</source>
        <translation>图像在进入编码器之前如何归一化。`data`：按训练图像的均值和标准差。`imagenet`：按 ImageNet 的均值和标准差，大多数已发表的编码器都是这样训练的。`auto`：若已知起始权重的归一化（来自运行、本程序的导出或已发表的名称），则与其相同，否则按训练图像。</translation>
    </message>
    <message>
        <source>mean, standard deviation, ImageNet statistics</source>
        <translation>均值, 标准差, ImageNet 统计量</translation>
    </message>
    <message>
        <source>Relative positions have no effect on {encoder}: it keeps the positions that it has. They are for this program&apos;s own ViTs.</source>
        <translation>相对位置对 {encoder} 没有作用：它保持自己的位置编码。相对位置只用于本程序自己的 ViT。</translation>
    </message>
    <message>
        <source>The last map of {encoder} is one cell for views of {size} px: its 3 x 3 convolutions there see their own cell alone, and pictures of features show nothing. Larger images (data.size), or an encoder of this program, keep a map.</source>
        <translation>对于 {size} px 的视图，{encoder} 的最后一张特征图只有一个单元：那里的 3 x 3 卷积只能看到自己的单元，特征图片也显示不出任何内容。使用更大的图像（data.size）或本程序自己的编码器可保留特征图。</translation>
    </message>
    <message>
        <source>Weights to begin with. A file (.safetensors, .pth, .pt, .ckpt, .bin, .pth.tar): of this program&apos;s export, of timm or torchvision, or a published checkpoint (MoCo, SwAV, DINO, DINOv2, Barlow Twins, VICReg, MAE, I-JEPA, solo-learn, lightly, ...). A run: its folder or name, with @N for the checkpoint of epoch N. Published weights by name: torchvision/resnet50.IMAGENET1K_V2, timm/convnext_tiny.in12k_ft_in1k, hf-hub:OWNER/NAME; they are downloaded once. All are read as data alone, and copied when the run starts; afterwards they are not needed.</source>
        <translation>作为起点的权重。文件（.safetensors、.pth、.pt、.ckpt、.bin、.pth.tar）：由本程序导出，来自 timm 或 torchvision，或为已发表的检查点（MoCo、SwAV、DINO、DINOv2、Barlow Twins、VICReg、MAE、I-JEPA、solo-learn、lightly 等）。运行：其文件夹或名称，加 @N 表示第 N 轮的检查点。已发表权重的名称：torchvision/resnet50.IMAGENET1K_V2、timm/convnext_tiny.in12k_ft_in1k、hf-hub:OWNER/NAME；只下载一次。它们都只作为数据读取，并在运行开始时复制；之后不再需要。</translation>
    </message>
    <message>
        <source>pretrained, checkpoint, finetune, continue, initialisation, transfer, foundation model, Hugging Face, run</source>
        <translation>预训练, 检查点, 微调, 继续, 初始化, 迁移, 基础模型, Hugging Face, 运行</translation>
    </message>
    <message>
        <source>Begin also where the weights lack some of the encoder&apos;s, or have them in another shape. These are then drawn.</source>
        <translation>权重缺少编码器的某些权重或其形状不同时也开始。缺少的权重则随机抽取。</translation>
    </message>
</context>
<context>
    <name>evaluate</name>
    <message>
        <source>kNN, k = 20</source>
        <translation>kNN，k = 20</translation>
    </message>
    <message>
        <source>kNN, k = 200</source>
        <translation>kNN，k = 200</translation>
    </message>
    <message>
        <source>Linear probe</source>
        <translation>线性探针</translation>
    </message>
    <message>
        <source>Fine-tuned, 1 %</source>
        <translation>微调，1 %</translation>
    </message>
    <message>
        <source>Fine-tuned, 10 %</source>
        <translation>微调，10 %</translation>
    </message>
    <message>
        <source>Fine-tuned, all</source>
        <translation>微调，全部</translation>
    </message>
    <message>
        <source>Tuned all</source>
        <translation>微调 全部</translation>
    </message>
    <message>
        <source>kNN 20</source>
        <translation>kNN 20</translation>
    </message>
    <message>
        <source>kNN 200</source>
        <translation>kNN 200</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>Tuned 1 %</source>
        <translation>微调 1 %</translation>
    </message>
    <message>
        <source>Tuned 10 %</source>
        <translation>微调 10 %</translation>
    </message>
    <message>
        <source>kNN, k = 20 and 200</source>
        <translation>kNN，k = 20 和 200</translation>
    </message>
    <message>
        <source>Fine-tuning, 1 % of the labels</source>
        <translation>微调，1 % 的标签</translation>
    </message>
    <message>
        <source>Fine-tuning, 10 % of the labels</source>
        <translation>微调，10 % 的标签</translation>
    </message>
    <message>
        <source>Fine-tuning, all labels</source>
        <translation>微调，全部标签</translation>
    </message>
    <message>
        <source>Speed in clips, R²</source>
        <translation>片段中的速度，R²</translation>
    </message>
    <message>
        <source>Clip-sound retrieval, R@1 and R@5</source>
        <translation>片段-声音检索，R@1 和 R@5</translation>
    </message>
    <message>
        <source>Events in clips, average precision</source>
        <translation>片段中的事件，平均精度</translation>
    </message>
    <message>
        <source>Clip-sound retrieval, own embeddings</source>
        <translation>片段-声音检索，方法自身的嵌入</translation>
    </message>
    <message>
        <source>kNN</source>
        <translation>kNN</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>tuned 1 %</source>
        <translation>微调 1 %</translation>
    </message>
    <message>
        <source>tuned 10 %</source>
        <translation>微调 10 %</translation>
    </message>
    <message>
        <source>tuned all</source>
        <translation>微调全部</translation>
    </message>
    <message>
        <source>speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>clip-sound retrieval</source>
        <translation>片段-声音检索</translation>
    </message>
    <message>
        <source>event spotting</source>
        <translation>事件定位</translation>
    </message>
    <message>
        <source>clip-sound retrieval, own</source>
        <translation>片段-声音检索（自身嵌入）</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>正在打开</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>已训练</translation>
    </message>
    <message>
        <source>untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>Encoding, {0}</source>
        <translation>正在编码，{0}</translation>
    </message>
    <message>
        <source>Linear probe, {0}</source>
        <translation>线性探针，{0}</translation>
    </message>
    <message>
        <source>{0}, {1}, learning rate {2} of {3}</source>
        <translation>{0}，{1}，第 {2} / {3} 个学习率</translation>
    </message>
    <message>
        <source>about {0} s</source>
        <translation>约 {0} 秒</translation>
    </message>
    <message>
        <source>about {0} min</source>
        <translation>约 {0} 分钟</translation>
    </message>
    <message>
        <source>about {0} h</source>
        <translation>约 {0} 小时</translation>
    </message>
    <message>
        <source>Image to image, R@1</source>
        <translation>图像到图像，R@1</translation>
    </message>
    <message>
        <source>Image to image, R@5</source>
        <translation>图像到图像，R@5</translation>
    </message>
    <message>
        <source>Zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>Image to text, R@1</source>
        <translation>图像到文本，R@1</translation>
    </message>
    <message>
        <source>Image to text, R@5</source>
        <translation>图像到文本，R@5</translation>
    </message>
    <message>
        <source>Text to image, R@1</source>
        <translation>文本到图像，R@1</translation>
    </message>
    <message>
        <source>Text to image, R@5</source>
        <translation>文本到图像，R@5</translation>
    </message>
    <message>
        <source>Speed, R²</source>
        <translation>速度，R²</translation>
    </message>
    <message>
        <source>Events, AP within a frame</source>
        <translation>事件，一帧以内 AP</translation>
    </message>
    <message>
        <source>Events, AP at the frame</source>
        <translation>事件，准确帧 AP</translation>
    </message>
    <message>
        <source>Clip to sound, R@1</source>
        <translation>片段到声音，R@1</translation>
    </message>
    <message>
        <source>Clip to sound, R@5</source>
        <translation>片段到声音，R@5</translation>
    </message>
    <message>
        <source>Sound to clip, R@1</source>
        <translation>声音到片段，R@1</translation>
    </message>
    <message>
        <source>Sound to clip, R@5</source>
        <translation>声音到片段，R@5</translation>
    </message>
    <message>
        <source>Clip to sound, own, R@1</source>
        <translation>片段到声音（自身），R@1</translation>
    </message>
    <message>
        <source>Clip to sound, own, R@5</source>
        <translation>片段到声音（自身），R@5</translation>
    </message>
    <message>
        <source>Sound to clip, own, R@1</source>
        <translation>声音到片段（自身），R@1</translation>
    </message>
    <message>
        <source>Sound to clip, own, R@5</source>
        <translation>声音到片段（自身），R@5</translation>
    </message>
    <message>
        <source>I→I R@1</source>
        <translation>图→图 R@1</translation>
    </message>
    <message>
        <source>I→I R@5</source>
        <translation>图→图 R@5</translation>
    </message>
    <message>
        <source>I→T R@1</source>
        <translation>图→文 R@1</translation>
    </message>
    <message>
        <source>I→T R@5</source>
        <translation>图→文 R@5</translation>
    </message>
    <message>
        <source>T→I R@1</source>
        <translation>文→图 R@1</translation>
    </message>
    <message>
        <source>T→I R@5</source>
        <translation>文→图 R@5</translation>
    </message>
    <message>
        <source>Image retrieval, R@1 and R@5</source>
        <translation>图像检索，R@1 和 R@5</translation>
    </message>
    <message>
        <source>Zero-shot, by the names of the classes</source>
        <translation>零样本，按类别名称</translation>
    </message>
    <message>
        <source>Image-text retrieval, R@1 and R@5</source>
        <translation>图文检索，R@1 和 R@5</translation>
    </message>
    <message>
        <source>image retrieval</source>
        <translation>图像检索</translation>
    </message>
    <message>
        <source>zero-shot</source>
        <translation>零样本</translation>
    </message>
    <message>
        <source>image-text retrieval</source>
        <translation>图文检索</translation>
    </message>
    <message>
        <source>Segmentation, fine-tuned, 10 %</source>
        <translation>语义分割，微调，10 %</translation>
    </message>
    <message>
        <source>Segmentation, fine-tuned, all</source>
        <translation>语义分割，微调，全部</translation>
    </message>
    <message>
        <source>segmentation 10 %</source>
        <translation>分割 10 %</translation>
    </message>
    <message>
        <source>segmentation</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>segmentation tuned 10 %</source>
        <translation>分割微调 10 %</translation>
    </message>
    <message>
        <source>segmentation tuned</source>
        <translation>分割微调</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Segm. 10 %, mIoU</source>
        <translation>分割 10 %，mIoU</translation>
    </message>
    <message>
        <source>Segm. 10 %, objects</source>
        <translation>分割 10 %，物体</translation>
    </message>
    <message>
        <source>Segm. 10 %, pixels</source>
        <translation>分割 10 %，像素</translation>
    </message>
    <message>
        <source>Segmentation, mIoU</source>
        <translation>分割，mIoU</translation>
    </message>
    <message>
        <source>Segmentation, objects</source>
        <translation>分割，物体</translation>
    </message>
    <message>
        <source>Segmentation, pixels</source>
        <translation>分割，像素</translation>
    </message>
    <message>
        <source>Segm. tuned 10 %, mIoU</source>
        <translation>分割微调 10 %，mIoU</translation>
    </message>
    <message>
        <source>Segm. tuned 10 %, objects</source>
        <translation>分割微调 10 %，物体</translation>
    </message>
    <message>
        <source>Segm. tuned 10 %, pixels</source>
        <translation>分割微调 10 %，像素</translation>
    </message>
    <message>
        <source>Segm. tuned, mIoU</source>
        <translation>分割微调，mIoU</translation>
    </message>
    <message>
        <source>Segm. tuned, objects</source>
        <translation>分割微调，物体</translation>
    </message>
    <message>
        <source>Segm. tuned, pixels</source>
        <translation>分割微调，像素</translation>
    </message>
    <message>
        <source>mIoU 10 %</source>
        <translation>mIoU 10 %</translation>
    </message>
    <message>
        <source>Objects 10 %</source>
        <translation>物体 10 %</translation>
    </message>
    <message>
        <source>Pixels 10 %</source>
        <translation>像素 10 %</translation>
    </message>
    <message>
        <source>mIoU</source>
        <translation>mIoU</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>物体</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>mIoU tuned 10 %</source>
        <translation>微调 mIoU 10 %</translation>
    </message>
    <message>
        <source>Objects tuned 10 %</source>
        <translation>微调物体 10 %</translation>
    </message>
    <message>
        <source>Pixels tuned 10 %</source>
        <translation>微调像素 10 %</translation>
    </message>
    <message>
        <source>mIoU tuned</source>
        <translation>微调 mIoU</translation>
    </message>
    <message>
        <source>Objects tuned</source>
        <translation>微调物体</translation>
    </message>
    <message>
        <source>Pixels tuned</source>
        <translation>微调像素</translation>
    </message>
    <message>
        <source>Detection, 10 % of the images</source>
        <translation>检测，10 % 的图像</translation>
    </message>
    <message>
        <source>Detection, all images</source>
        <translation>检测，全部图像</translation>
    </message>
    <message>
        <source>Detection, fine-tuned, 10 %</source>
        <translation>检测，微调，10 %</translation>
    </message>
    <message>
        <source>Detection, fine-tuned, all</source>
        <translation>检测，微调，全部</translation>
    </message>
    <message>
        <source>detection 10 %</source>
        <translation>检测 10 %</translation>
    </message>
    <message>
        <source>detection</source>
        <translation>检测</translation>
    </message>
    <message>
        <source>detection tuned 10 %</source>
        <translation>检测微调 10 %</translation>
    </message>
    <message>
        <source>detection tuned</source>
        <translation>检测微调</translation>
    </message>
    <message>
        <source>Det. 10 %, AP</source>
        <translation>检测 10 %，AP</translation>
    </message>
    <message>
        <source>Det. 10 %, AP50</source>
        <translation>检测 10 %，AP50</translation>
    </message>
    <message>
        <source>Det. 10 %, AP75</source>
        <translation>检测 10 %，AP75</translation>
    </message>
    <message>
        <source>Det. 10 %, AR</source>
        <translation>检测 10 %，AR</translation>
    </message>
    <message>
        <source>Detection, AP</source>
        <translation>检测，AP</translation>
    </message>
    <message>
        <source>Detection, AP50</source>
        <translation>检测，AP50</translation>
    </message>
    <message>
        <source>Detection, AP75</source>
        <translation>检测，AP75</translation>
    </message>
    <message>
        <source>Detection, AR</source>
        <translation>检测，AR</translation>
    </message>
    <message>
        <source>Det. tuned 10 %, AP</source>
        <translation>检测微调 10 %，AP</translation>
    </message>
    <message>
        <source>Det. tuned 10 %, AP50</source>
        <translation>检测微调 10 %，AP50</translation>
    </message>
    <message>
        <source>Det. tuned 10 %, AP75</source>
        <translation>检测微调 10 %，AP75</translation>
    </message>
    <message>
        <source>Det. tuned 10 %, AR</source>
        <translation>检测微调 10 %，AR</translation>
    </message>
    <message>
        <source>Det. tuned, AP</source>
        <translation>检测微调，AP</translation>
    </message>
    <message>
        <source>Det. tuned, AP50</source>
        <translation>检测微调，AP50</translation>
    </message>
    <message>
        <source>Det. tuned, AP75</source>
        <translation>检测微调，AP75</translation>
    </message>
    <message>
        <source>Det. tuned, AR</source>
        <translation>检测微调，AR</translation>
    </message>
    <message>
        <source>Speed R²</source>
        <translation>速度 R²</translation>
    </message>
    <message>
        <source>Events AP ±1</source>
        <translation>事件 AP ±1</translation>
    </message>
    <message>
        <source>Events AP ±0</source>
        <translation>事件 AP ±0</translation>
    </message>
    <message>
        <source>C→S R@1</source>
        <translation>片段→声音 R@1</translation>
    </message>
    <message>
        <source>C→S R@5</source>
        <translation>片段→声音 R@5</translation>
    </message>
    <message>
        <source>S→C R@1</source>
        <translation>声音→片段 R@1</translation>
    </message>
    <message>
        <source>S→C R@5</source>
        <translation>声音→片段 R@5</translation>
    </message>
    <message>
        <source>C→S own R@1</source>
        <translation>片段→声音（自身）R@1</translation>
    </message>
    <message>
        <source>C→S own R@5</source>
        <translation>片段→声音（自身）R@5</translation>
    </message>
    <message>
        <source>S→C own R@1</source>
        <translation>声音→片段（自身）R@1</translation>
    </message>
    <message>
        <source>S→C own R@5</source>
        <translation>声音→片段（自身）R@5</translation>
    </message>
    <message>
        <source>AP 10 %</source>
        <translation>AP 10 %</translation>
    </message>
    <message>
        <source>AP50 10 %</source>
        <translation>AP50 10 %</translation>
    </message>
    <message>
        <source>AP75 10 %</source>
        <translation>AP75 10 %</translation>
    </message>
    <message>
        <source>AR 10 %</source>
        <translation>AR 10 %</translation>
    </message>
    <message>
        <source>AP</source>
        <translation>AP</translation>
    </message>
    <message>
        <source>AP50</source>
        <translation>AP50</translation>
    </message>
    <message>
        <source>AP75</source>
        <translation>AP75</translation>
    </message>
    <message>
        <source>AR</source>
        <translation>AR</translation>
    </message>
    <message>
        <source>AP tuned 10 %</source>
        <translation>AP 微调 10 %</translation>
    </message>
    <message>
        <source>AP50 tuned 10 %</source>
        <translation>AP50 微调 10 %</translation>
    </message>
    <message>
        <source>AP75 tuned 10 %</source>
        <translation>AP75 微调 10 %</translation>
    </message>
    <message>
        <source>AR tuned 10 %</source>
        <translation>AR 微调 10 %</translation>
    </message>
    <message>
        <source>AP tuned</source>
        <translation>AP 微调</translation>
    </message>
    <message>
        <source>AP50 tuned</source>
        <translation>AP50 微调</translation>
    </message>
    <message>
        <source>AP75 tuned</source>
        <translation>AP75 微调</translation>
    </message>
    <message>
        <source>AR tuned</source>
        <translation>AR 微调</translation>
    </message>
    <message>
        <source>Segmentation, 10 % of the maps</source>
        <translation>语义分割，10 % 的类别图</translation>
    </message>
    <message>
        <source>Segmentation, all maps</source>
        <translation>语义分割，全部类别图</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Truth</source>
        <translation>真实</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>已训练</translation>
    </message>
    <message>
        <source>Untrained</source>
        <translation>未训练</translation>
    </message>
    <message>
        <source>background alone</source>
        <translation>只有背景</translation>
    </message>
    <message>
        <source>Several labels, mean average precision</source>
        <translation>每张图像多个标签，平均精度均值</translation>
    </message>
    <message>
        <source>Numbers of an image, R²</source>
        <translation>图像的数值，R²</translation>
    </message>
    <message>
        <source>multi-label</source>
        <translation>多标签</translation>
    </message>
    <message>
        <source>regression</source>
        <translation>回归</translation>
    </message>
    <message>
        <source>Multi-label, mAP</source>
        <translation>多标签，mAP</translation>
    </message>
    <message>
        <source>Regression, R²</source>
        <translation>回归，R²</translation>
    </message>
    <message>
        <source>mAP</source>
        <translation>mAP</translation>
    </message>
    <message>
        <source>R²</source>
        <translation>R²</translation>
    </message>
    <message>
        <source>no object</source>
        <translation>无物体</translation>
    </message>
    <message>
        <source>its data lack what these parts need</source>
        <translation>其数据缺少这些部分所需的内容</translation>
    </message>
    <message>
        <source>Label propagation in clips, J</source>
        <translation>片段中的标签传播，J</translation>
    </message>
    <message>
        <source>Motion of clips: kNN, linear, retrieval</source>
        <translation>片段的运动：kNN、线性、检索</translation>
    </message>
    <message>
        <source>label propagation</source>
        <translation>标签传播</translation>
    </message>
    <message>
        <source>motion</source>
        <translation>运动</translation>
    </message>
    <message>
        <source>Label propagation, J</source>
        <translation>标签传播，J</translation>
    </message>
    <message>
        <source>Motion, kNN</source>
        <translation>运动，kNN</translation>
    </message>
    <message>
        <source>Motion, linear</source>
        <translation>运动，线性</translation>
    </message>
    <message>
        <source>Clip to clip, R@1</source>
        <translation>片段检索片段，R@1</translation>
    </message>
    <message>
        <source>Clip to clip, R@5</source>
        <translation>片段检索片段，R@5</translation>
    </message>
    <message>
        <source>J</source>
        <translation>J</translation>
    </message>
    <message>
        <source>Motion kNN</source>
        <translation>运动 kNN</translation>
    </message>
    <message>
        <source>Motion linear</source>
        <translation>运动线性</translation>
    </message>
    <message>
        <source>C→C R@1</source>
        <translation>片段→片段 R@1</translation>
    </message>
    <message>
        <source>C→C R@5</source>
        <translation>片段→片段 R@5</translation>
    </message>
</context>
<context>
    <name>forms</name>
    <message>
        <source>empty ({0}) or above 0</source>
        <translation>空（{0}）或大于 0</translation>
    </message>
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
    <message>
        <source>{0} (views)</source>
        <translation>{0}（视图）</translation>
    </message>
    <message>
        <source>“{0}”</source>
        <translation>“{0}”</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>{0} (views, kind {1})</source>
        <translation>{0}（视图，第 {1} 类）</translation>
    </message>
    <message>
        <source>Other backgrounds</source>
        <translation>其他背景</translation>
    </message>
</context>
<context>
    <name>names</name>
    <message>
        <source>class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>tag</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>hue</source>
        <translation>色相</translation>
    </message>
    <message>
        <source>size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>x</source>
        <translation>水平位置</translation>
    </message>
    <message>
        <source>y</source>
        <translation>垂直位置</translation>
    </message>
    <message>
        <source>rotation</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>background hue</source>
        <translation>背景色相</translation>
    </message>
    <message>
        <source>background tone</source>
        <translation>背景明暗</translation>
    </message>
    <message>
        <source>light</source>
        <translation>光照方向</translation>
    </message>
    <message>
        <source>disc</source>
        <translation>圆盘</translation>
    </message>
    <message>
        <source>square</source>
        <translation>正方形</translation>
    </message>
    <message>
        <source>triangle</source>
        <translation>三角形</translation>
    </message>
    <message>
        <source>star</source>
        <translation>星形</translation>
    </message>
    <message>
        <source>heart</source>
        <translation>心形</translation>
    </message>
    <message>
        <source>ring</source>
        <translation>圆环</translation>
    </message>
    <message>
        <source>cross</source>
        <translation>十字</translation>
    </message>
    <message>
        <source>hexagon</source>
        <translation>六边形</translation>
    </message>
    <message>
        <source>crescent</source>
        <translation>新月</translation>
    </message>
    <message>
        <source>drop</source>
        <translation>水滴</translation>
    </message>
    <message>
        <source>upper left</source>
        <translation>左上</translation>
    </message>
    <message>
        <source>upper right</source>
        <translation>右上</translation>
    </message>
    <message>
        <source>lower left</source>
        <translation>左下</translation>
    </message>
    <message>
        <source>lower right</source>
        <translation>右下</translation>
    </message>
    <message>
        <source>plain</source>
        <translation>纯色</translation>
    </message>
    <message>
        <source>stripes</source>
        <translation>条纹</translation>
    </message>
    <message>
        <source>checker</source>
        <translation>棋盘格</translation>
    </message>
    <message>
        <source>dots</source>
        <translation>圆点</translation>
    </message>
    <message>
        <source>noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>gradient</source>
        <translation>渐变</translation>
    </message>
    <message>
        <source>caption</source>
        <translation>说明文字</translation>
    </message>
    <message>
        <source>speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>right</source>
        <translation>向右</translation>
    </message>
    <message>
        <source>left</source>
        <translation>向左</translation>
    </message>
    <message>
        <source>up</source>
        <translation>向上</translation>
    </message>
    <message>
        <source>down</source>
        <translation>向下</translation>
    </message>
    <message>
        <source>spin right</source>
        <translation>顺时针旋转</translation>
    </message>
    <message>
        <source>spin left</source>
        <translation>逆时针旋转</translation>
    </message>
    <message>
        <source>grow</source>
        <translation>变大</translation>
    </message>
    <message>
        <source>shrink</source>
        <translation>变小</translation>
    </message>
    <message>
        <source>bounce</source>
        <translation>弹跳</translation>
    </message>
    <message>
        <source>orbit</source>
        <translation>绕圈</translation>
    </message>
</context>
</TS>
