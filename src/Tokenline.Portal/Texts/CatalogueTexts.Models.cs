using System.Globalization;
using Tokenline.Billing.Proposals;
using Tokenline.Billing.Settlement;

namespace Tokenline.Portal.Texts;

/// <summary>The operator's models, deployments, routing and vendors.</summary>
internal sealed partial class CatalogueTexts
{
    public string DeploymentsTitle => Say("Deployments", "部署");
    public string RoutesTitle => Say("Routing", "路由");
    public string VendorsTitle => Say("Vendors", "厂商");

    public string OperatorModelsLead =>
        Say("What customers may ask for, who serves it, and what it is charged.", "客户可调用的模型、服务部署及现行价格。");
    public string NewModel => Say("Add a model", "新增模型");
    public string ModelIdWord => Say("Model ID", "模型 ID");
    public string ModelIdHint =>
        Say("As customers write it in their calls. It stays for ever.", "客户调用时填写的名称，一经使用不再改变。");
    public string OwnerWord => Say("Maker", "开发厂商");
    public string ServedBy => Say("Served by", "服务厂商");
    public string ModelKindWord => Say("What it does", "用途");
    public string ContextWord => Say("Context, tokens", "上下文（Token）");
    public string OutputMaxWord => Say("Most output, tokens", "最大输出（Token）");
    public string UpstreamName => Say("Name at the vendor", "厂商侧名称");
    public string UpstreamHint => Say("Empty: the same.", "留空：同名。");
    public string WithdrawnWord => Say("withdrawn", "已下架");
    public string ForSaleWord => Say("for sale", "在售");
    public string NobodyServes => Say("nobody serves it", "无部署");
    public string InServiceWord => Say("In service", "可用部署");

    public string InService(int up, int all) => $"{up} / {all}";

    public string MapTitle => Say("Let a vendor serve it", "映射到厂商部署");
    public string MapButton => Say("Map", "映射");
    public string UnmapTitle => Say("Take the deployment away", "移除部署");
    public string WithdrawTitle => Say("Withdraw from sale", "下架");
    public string WithdrawText =>
        Say("Calls of it are refused from then on. Price and deployments stay.", "此后的调用将被拒绝，价格与部署保留。");
    public string RestoreTitle => Say("Put up for sale again", "重新上架");
    public string PriorityWord => Say("Priority", "优先级");
    public string PriorityWordHint => Say("The lowest is tried first.", "数值最小的最先尝试。");
    public string TrafficWeight => Say("Weight", "权重");
    public string CanaryWord => Say("On trial, % of calls", "试用流量（%）");
    public string CallsAMinute => Say("Calls a minute at the most", "每分钟调用上限");
    public string TokensAMinute => Say("Tokens a minute at the most", "每分钟 Token 上限");
    public string CallsAtOnce => Say("Calls at once at the most", "并发上限");

    // Deployments

    public string DeploymentsLead =>
        Say(
            "As the gateway of this process sees them, over the last five minutes and the last day.",
            "本进程网关所见，近五分钟与近一天的情况。"
        );
    public string NoGateway =>
        Say("This node has no gateway: health is seen on the nodes that take calls.", "本节点不含网关：请在承接调用的节点查看健康状况。");
    public string HealthWord => Say("Health", "健康");

    public string HealthOf(string health) =>
        health switch
        {
            "healthy" => Say("healthy", "正常"),
            "open" => Say("open: it gets no calls", "熔断"),
            "half-open" => Say("half open: it is tried", "半开"),
            "resting" => Say("resting", "暂停"),
            "ejected" => Say("ejected: worse than its like", "剔除"),
            "draining" => Say("draining", "排空中"),
            _ => health,
        };

    public string RunningWord => Say("Open calls", "进行中");
    public string AvailabilityWord => Say("Availability", "可用率");
    public string FirstTokenWord => Say("First token", "首 Token");
    public string SpeedWord => Say("Tokens a second", "每秒 Token");
    public string ErrorsWord => Say("Errors", "错误");
    public string FiveMinutes => Say("5 minutes", "5 分钟");
    public string OneDay => Say("a day", "1 天");
    public string CallsWord => Say("Calls", "调用");
    public string DrainTitle => Say("Drain", "排空");
    public string DrainText => Say("It gets no new calls. Those that run go on to their end.", "不再接收新调用，进行中的调用继续至结束。");
    public string TakeBackTitle => Say("Take it back", "恢复");
    public string TakeBackText => Say("It gets calls again, from the next on.", "从下一次调用起重新承接流量。");

    public string StillRunning(int calls) =>
        calls == 0
            ? Say("Drained: no call of it runs in this process.", "已排空：本进程内没有进行中的调用。")
            : Say($"{calls} calls of it still run.", $"仍有 {calls} 次调用进行中。");

    public string ErrorMix => Say("Error mix of a day", "近一天错误构成");
    public string NoErrors => Say("No call of the last day has failed there.", "近一天没有失败的调用。");
    public string TrafficTitle => Say("Traffic and limits", "流量与限额");

    public string Percent(double? part) =>
        part is { } known ? (known * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %" : Unknown;

    public string Milliseconds(double? known) => known is { } time ? Say($"{time:N0} ms", $"{time:N0} 毫秒") : Unknown;

    public string PerSecond(double? known) => known?.ToString("0.#", CultureInfo.InvariantCulture) ?? Unknown;

    public string Unknown => Say("not known", "未知");

    // Routing

    public string RoutesLead =>
        Say(
            "How the calls of a model choose among its deployments, and where they would go at this moment.",
            "各模型的调用如何选择部署，以及此刻会去往何处。"
        );
    public string PolicyWord => Say("Policy", "策略");
    public string WhereCallsGo => Say("Where calls would go", "调用去向");
    public string ShareWord => Say("Share", "占比");
    public string WhyNotWord => Say("Why not", "原因");
    public string ScoreWord => Say("Score", "得分");
    public string LooksLike => Say("A call of", "调用特征");
    public string InputTokens => Say("tokens of input", "输入 Token");
    public string OutputTokens => Say("tokens of output", "输出 Token");
    public string ProtocolWord => Say("Protocol", "协议");
    public string LookThere => Say("Show", "查看");
    public string ChangePolicy => Say("Change the policy", "更改策略");
    public string BehindSticky => Say("Behind sticky", "粘性之后");
    public string ThenWord => Say("With the change", "更改后");
    public string NowWord => Say("Now", "现在");

    public string PolicyOf(string policy) =>
        policy switch
        {
            "priority" => Say("by priority", "按优先级"),
            "least-cost" => Say("the cheapest", "成本最低"),
            "lowest-latency" => Say("the fastest", "延迟最低"),
            "quality-first" => Say("the best", "质量优先"),
            "balanced" => Say("balanced", "均衡"),
            "lowest-energy" => Say("the least energy", "能耗最低"),
            "least-busy" => Say("the least busy", "负载最低"),
            "sticky" => Say("where the conversation is", "会话粘性"),
            _ => policy,
        };

    // Vendors

    public string VendorsLead =>
        Say("Who serves models here, on which terms, and who wants to.", "为平台提供模型的厂商、合作条款与入驻申请。");
    public string ApplicationsTitle => Say("Applications", "入驻申请");
    public string NoApplications => Say("No application waits.", "没有待处理的申请。");
    public string ProposalsTitle => Say("Prices proposed", "调价申请");
    public string NoProposals => Say("No proposal waits.", "没有待审批的调价。");
    public string VendorWord => Say("Vendor", "厂商");
    public string CompanyWord => Say("Company", "公司");
    public string ContactWord => Say("Contact", "联系方式");
    public string TaxIdWord => Say("Tax id", "税号");
    public string PaidTo => Say("Paid to", "收款账户");
    public string WantsToList => Say("Wants to list", "拟上架模型");
    public string BeginReview => Say("Begin review", "开始审核");
    public string ApproveWord => Say("Approve", "批准");
    public string RefuseWord => Say("Refuse", "拒绝");
    public string RefusedReasonIsTold => Say("The vendor is told your reason.", "厂商将看到您填写的原因。");
    public string KeysWord => Say("Keys", "密钥");

    public string KeysKept(int count) =>
        count == 0 ? Say("none", "无") : Say($"{count} kept sealed; they are shown to nobody", $"已加密保存 {count} 把，不向任何人显示");

    public string ReplaceKeys => Say("Replace the keys", "更换密钥");
    public string NewKeys => Say("New keys, one a line", "新密钥，每行一把");
    public string NewKeysHint =>
        Say("They take the place of all that were there. They are not shown again.", "将替换全部现有密钥，且不再显示。");
    public string AddressWord => Say("Address", "地址");
    public string SpeaksWord => Say("Speaks", "协议");
    public string VendorTermsTitle => Say("Terms", "合作条款");
    public string NoTerms => Say("There are no terms yet.", "尚无合作条款。");
    public string AgreeTitle => Say("Agree on terms", "签订条款");
    public string FirstPeriod => Say("From the month", "起始月份");
    public string TermsKindWord => Say("Kind", "方式");
    public string VendorPercentWord => Say("Vendor's share, %", "厂商分成（%）");
    public string PlatformPercentWord => Say("Platform's fee, %", "平台费（%）");
    public string PlatformFixedWord => Say("Fixed fee a model and month", "每模型每月固定费");
    public string ContractsTitle => Say("Contracts", "成本合同");
    public string PutContract => Say("Agree on a contract", "签订成本合同");
    public string PutContractText =>
        Say(
            "What the vendor is owed for a model, in the contract's own currency. Calls that have started keep the one they had.",
            "约定某模型应付厂商的价格，使用合同自身货币；已开始的调用沿用原合同。"
        );
    public string NoContracts => Say("No contract says what its calls cost.", "没有合同约定调用成本。");
    public string NoKeyChange => Say("Enter at least one key.", "请至少填写一把密钥。");
    public string SimulatedVendor => Say("simulated", "模拟");

    public string KindOf(TermsKind kind) =>
        kind == TermsKind.Wholesale ? Say("wholesale", "按批发价") : Say("share of revenue", "收入分成");

    public string StateOf(ApplicationState state) =>
        state switch
        {
            ApplicationState.Submitted => Say("submitted", "已提交"),
            ApplicationState.InReview => Say("in review", "审核中"),
            ApplicationState.Approved => Say("approved", "已批准"),
            ApplicationState.Rejected => Say("refused", "已拒绝"),
            _ => Say("contracted", "已签约"),
        };

    public string StateOf(ProposalState state) =>
        state switch
        {
            ProposalState.Proposed => Say("proposed", "待审批"),
            ProposalState.Withdrawn => Say("withdrawn", "已撤回"),
            ProposalState.Rejected => Say("refused", "已拒绝"),
            ProposalState.Approved => Say("approved", "已批准"),
            _ => Say("lapsed", "已失效"),
        };

    public string KindOf(ProposedPrice price) => price == ProposedPrice.Retail ? Say("retail", "零售价") : Say("wholesale", "批发价");
}
