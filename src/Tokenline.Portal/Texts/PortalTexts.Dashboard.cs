namespace Tokenline.Portal.Texts;

/// <summary>The operator's dashboard.</summary>
internal sealed partial class PortalTexts
{
    public string SubscribersWord => Say("Subscribers", "用户数");

    public string NewOnes(long count) => Say($"{Count(count)} new", $"新增 {Count(count)}");

    public string PlansHeld(long count) => Say($"{Count(count)} plans", $"套餐 {Count(count)} 个");

    public string SoldWord => Say("Sold", "销售额");

    public string PaymentsOf(long count) => Say(count == 1 ? "1 payment" : $"{Count(count)} payments", $"{Count(count)} 笔付款");

    public string WorthOfCalls => Say("Worth of calls", "调用价值");
    public string MarginWord => Say("Margin", "毛利");

    public string MarginText(long worth, string cost, long margin) =>
        worth == 0
            ? Say($"{cost} owed to vendors", $"应付厂商 {cost}")
            : Say(
                $"{(100m * margin / worth).ToString("0.#", Plain)} %, {cost} owed to vendors",
                $"{(100m * margin / worth).ToString("0.#", Plain)} %，应付厂商 {cost}"
            );

    public string OperatorPeriodTitle => Say("Period", "期间");
    public string EnergyTitle => Say("Energy", "能耗");
    public string TokensWord => Say("Tokens", "Token");

    public string ModelsUsed(int count) => Say(count == 1 ? "1 model" : $"{count} models", $"{count} 个模型");

    public string EnergyUnknownOf(string tokens) => Say($"unknown for {tokens} tokens", $"{tokens} Token 未知");

    public string FailedAttempts => Say("Failed attempts", "失败的请求");

    public string OfRequests(decimal part) =>
        Say($"{(part * 100).ToString("0.##", Plain)} % of requests to vendors", $"占厂商请求的 {(part * 100).ToString("0.##", Plain)} %");

    public string UncollectedWord => Say("Uncollected", "未收取");

    public string UnsettledAccounts(int count) =>
        Say(count == 1 ? "1 account with calls that run" : $"{count} accounts with calls that run", $"{count} 个账户有未结清的调用");

    public string SoldAndOwed => Say("Sold, and owed to vendors", "销售额与应付厂商");
    public string OwedToVendors => Say("Owed to vendors", "应付厂商");
    public string SoldNote =>
        Say(
            "Sold is what customers paid for plans, packs and renewals, less what was given back. The margin is the worth of calls at list prices less what vendors are owed for them.",
            "销售额为用户支付的套餐、加量包与续费金额减去退款；毛利为按目录价计的调用价值减去应付厂商的费用。"
        );

    public string NoRateFor(Money cost) =>
        Say($"{Money(cost)} owed to vendors is not in these sums: no rate is known.", $"另有应付厂商 {Money(cost)}，因无汇率未计入。");

    public string TokensByModel => Say("Tokens by model", "各模型 Token 用量");
    public string TopModels => Say("Top models", "热门模型");
    public string TopVendors => Say("Top vendors", "主要厂商");
    public string RequestsByOutcome => Say("Requests to vendors", "厂商请求");
    public string AnsweredWord => Say("Answered", "成功");
    public string NothingYet => Say("Nothing in this time.", "此期间无数据。");

    public string AsOf(DateTime at) => Say($"As of {at:HH:mm:ss}.", $"截至 {at:HH:mm:ss}。");

    public string WholeYear(int year) => Say($"all of {year}", $"{year} 全年");

    public string RankedText(string worth, string cost, long calls) =>
        Say($"{worth}, costs {cost}, {CallCount(calls)}", $"{worth}，成本 {cost}，{CallCount(calls)}");
}
