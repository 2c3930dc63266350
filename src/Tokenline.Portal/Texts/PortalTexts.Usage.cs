using Tokenline.Charging.Records;
using Tokenline.Commerce.Refunds;
using Tokenline.Portal.Calls;

namespace Tokenline.Portal.Texts;

/// <summary>Usage, receipts, the playground.</summary>
internal sealed partial class PortalTexts
{
    public string UsageTitle => Say("Usage", "用量");
    public string By => Say("Show by", "统计方式");

    public string ByWord(UsageBy by) =>
        by switch
        {
            UsageBy.Day => Say("Days", "按天"),
            UsageBy.Hour => Say("Hours", "按小时"),
            UsageBy.Model => Say("Models", "按模型"),
            UsageBy.Key => Say("Keys", "按密钥"),
            _ => Say("Runs", "按运行"),
        };

    public string SumsTitle(UsageBy by, DateOnly? day) =>
        by switch
        {
            UsageBy.Day => Say("Worth by day, last 30 days", "近 30 天每日用量价值"),
            UsageBy.Hour => day is { } at
                ? Say($"Worth by hour, {Day(at)}", $"{Day(at)}每小时用量价值")
                : Say("Worth by hour, today", "今日每小时用量价值"),
            UsageBy.Model => Say("By model, last 30 days", "近 30 天各模型用量"),
            UsageBy.Key => Say("By key, last 30 days", "近 30 天各密钥用量"),
            _ => Say("Latest runs", "最近的运行"),
        };

    public string NothingUsed => Say("Nothing was used here.", "这段时间没有用量。");

    public string OnlyNewest(int calls) => Say($"Of the newest {Count(calls)} calls.", $"仅统计最近 {Count(calls)} 次调用。");

    public string Calls => Say("Calls", "调用记录");

    public string CallsOfRun(string run) => Say($"Calls of {run}", $"“{run}”的调用");

    public string AsCsv => Say("Download as CSV", "下载 CSV");
    public string Model => Say("Model", "模型");
    public string Key => Say("Key", "密钥");
    public string All => Say("All", "全部");
    public string DayWord => Say("Day", "日期");
    public string Show => Say("Show", "查询");

    public string OrderOf(RecordOrder order) =>
        order switch
        {
            RecordOrder.Dearest => Say("Worth, most first", "价值从高到低"),
            RecordOrder.Largest => Say("Tokens, most first", "Token 从多到少"),
            _ => Say("Newest first", "时间从新到旧"),
        };

    public string ClearFilter => Say("Show all", "清除条件");
    public string NoCallsFound => Say("No call is like this.", "没有符合条件的调用。");
    public string Started => Say("Started", "开始时间");
    public string TokensIn => Say("Tokens in", "输入 Token");
    public string TokensOut => Say("Tokens out", "输出 Token");
    public string Worth => Say("Worth", "价值");
    public string PaidWord => Say("Paid", "支付");
    public string Pages => Say("Pages", "分页");
    public string Newest => Say("Newest", "最新");
    public string Older => Say("Older", "更早");
    public string LookFurther => Say("Look further back", "继续向前查找");

    public string LookedBackTo(DateOnly day) =>
        Say($"Looked back to {Day(day)}; there may be older ones.", $"已查找至{Day(day)}，更早的记录可继续查找。");

    public string AskBackTitle => Say("Money back for this call", "申请退还本次调用");
    public string AskBackText =>
        Say(
            "Was the answer broken or empty? Say what was wrong: the operator's support looks at it. What is given back goes to where it came from.",
            "回答中断或为空？请说明问题，由运营商客服处理；退还的额度或金额将原路返回。"
        );
    public string WhatWasWrong => Say("What was wrong", "问题说明");
    public string AskBack => Say("Ask for it back", "申请退还");

    public string AskedWord(RefundRequestState state) =>
        state switch
        {
            RefundRequestState.Granted => Say("granted", "已同意，退还中"),
            RefundRequestState.Refunded => Say("given back", "已退还"),
            RefundRequestState.Rejected => Say("not given back", "未予退还"),
            RefundRequestState.Withdrawn => Say("withdrawn", "已撤回"),
            _ => Say("asked for, not answered yet", "已申请，待答复"),
        };

    public string Ending(CallEnding ending) =>
        ending switch
        {
            CallEnding.Completed => Say("completed", "已完成"),
            CallEnding.ClientGone => Say("left", "客户端断开"),
            CallEnding.QuotaEnded => Say("quota ended", "额度用完"),
            CallEnding.VendorCut => Say("vendor cut it", "厂商中断"),
            CallEnding.VendorError => Say("vendor failed", "厂商出错"),
            CallEnding.Recovered => Say("recovered", "恢复结算"),
            _ => Say("server ended", "服务停止"),
        };

    public string EndingText(CallEnding ending) =>
        ending switch
        {
            CallEnding.Completed => Say("The call came to its end.", "调用正常结束。"),
            CallEnding.ClientGone => Say(
                "Your program left before the end; you pay for what the model did until then.",
                "您的程序提前断开，仅按断开前的实际用量计费。"
            ),
            CallEnding.QuotaEnded => Say(
                "What may pay was used up, so the answer was ended; you pay for what was delivered.",
                "额度用完，回答提前结束，仅按已交付内容计费。"
            ),
            CallEnding.VendorCut or CallEnding.VendorError => Say(
                "The vendor broke off; you pay for what was delivered.",
                "厂商中断，仅按已交付内容计费。"
            ),
            CallEnding.Recovered => Say(
                "The server went away in the middle; you pay for what was surely delivered.",
                "服务中途中断，仅按确认已交付的内容计费。"
            ),
            _ => Say("The server was ended; you pay for what was delivered.", "服务停止，仅按已交付内容计费。"),
        };

    public string Basis(UsageBasis basis) =>
        basis switch
        {
            UsageBasis.Vendor => Say("Counted by the vendor.", "用量由厂商计量。"),
            UsageBasis.Estimated => Say("Counted here, because the vendor's figures did not come.", "厂商未返回用量，由本平台计量。"),
            _ => Say("Counted up to the last record before a crash.", "按故障前最后一次记录计量。"),
        };

    public string Receipt => Say("Receipt", "收据");
    public string ReleasedCall =>
        Say("This call cost nothing: it was released without an answer.", "该调用未产生费用：未得到回答，占用的额度已释放。");
    public string RunningCall => Say("This call is running.", "该调用正在进行。");
    public string Duration => Say("Duration", "耗时");
    public string RunWord => Say("Run", "运行");
    public string AnsweredBy => Say("answered by", "实际模型");
    public string EnergyWord => Say("Energy of the answer", "回答能耗");
    public string HowItCameAbout => Say("How it came about", "计费明细");

    public string InUnit(string unit) => Say($"In {unit}", $"按{unit}计");

    public string AtListPrice => Say("At list price", "按目录价计");
    public string WeightWord => Say("Weight", "权重");
    public string PriceForMillion => Say("For a million", "每百万单价");
    public string MeterTitle => Say("Counted", "计量项");
    public string Quantity => Say("Quantity", "数量");
    public string AmountWord => Say("Amount", "金额");
    public string MinimumAdded => Say("Up to the minimum", "最低收费补足");
    public string RoundedOnce => Say("Sum, rounded once", "合计（一次取整）");

    public string Multiplied(string name) => Say($"Multiplied: {name}", $"系数：{name}");

    public string TariffNote(int version, int tier) =>
        Say(
            $"Tariff version {version}, tier {tier}: the one in force when the call started. It is never rated again.",
            $"资费版本 {version}，第 {tier} 档：以调用开始时生效的资费为准，不会重新计价。"
        );

    public string WhoPaid => Say("What paid for it", "支付来源");
    public string Bucket => Say("From", "来源");
    public string Covered => Say("Covers", "抵扣价值");
    public string FreeOfCharge => Say("Free of charge", "免费");
    public string Uncollected => Say("Not collected", "未收取");

    public string GivenBack(Money amount, DateTime at) =>
        Say($"{Money(amount)} was given back on {at:yyyy-MM-dd HH:mm}.", $"已于 {at:yyyy-MM-dd HH:mm} 退回 {Money(amount)}。");

    public string MeterName(Meter meter) =>
        meter switch
        {
            Meter.Input => Say("Input", "输入"),
            Meter.CachedInput => Say("Cached input", "缓存输入"),
            Meter.CacheWrite5m => Say("Cache write, 5 minutes", "缓存写入（5 分钟）"),
            Meter.CacheWrite1h => Say("Cache write, 1 hour", "缓存写入（1 小时）"),
            Meter.Output => Say("Output", "输出"),
            Meter.Reasoning => Say("Reasoning", "推理"),
            Meter.AudioInput => Say("Audio input", "音频输入"),
            Meter.ImageInput => Say("Image input", "图像输入"),
            Meter.VideoInput => Say("Video input", "视频输入"),
            Meter.AudioOutput => Say("Audio output", "音频输出"),
            Meter.Embedding => Say("Embedded tokens", "向量化 Token"),
            Meter.Rerank => Say("Ranked documents", "排序文档"),
            Meter.Image => Say("Images", "图像"),
            Meter.Second => Say("Seconds", "秒"),
            Meter.Character => Say("Characters", "字符"),
            Meter.Page => Say("Pages", "页"),
            Meter.Request => Say("Requests", "请求"),
            Meter.Search => Say("Searches", "搜索"),
            Meter.CodeSession => Say("Code sessions", "代码会话"),
            _ => Say("Kept cache", "缓存存储"),
        };

    public string PlaygroundTitle => Say("Playground", "体验");
    public string PlaygroundLead =>
        Say(
            "Ask several models the same thing, side by side. Calls run on your account, as those of any program.",
            "同一问题，多个模型并排回答。调用计入您的账户，与程序调用完全一致。"
        );
    public string NeedsScript => Say("The playground needs JavaScript.", "体验页需要启用 JavaScript。");
    public string Answering => Say("answering …", "回答中…");
    public string CallFailed => Say("The call was refused", "调用被拒绝");
    public string Stopped => Say("stopped", "已停止");
    public string You => Say("You", "您");
    public string FirstToken => Say("first token", "首字");
    public string RemoveModel => Say("Remove this model", "移除该模型");
    public string AddModel => Say("Another model", "添加模型");
    public string ChooseModel => Say("choose …", "请选择…");
    public string Prompt => Say("Your question", "您的问题");
    public string ExamplePrompt => Say("Explain in three sentences what a token is.", "用三句话解释什么是 Token。");
    public string Send => Say("Ask", "发送");
    public string Stop => Say("Stop", "停止");
    public string ClearTalk => Say("Begin anew", "清空对话");
    public string PlaygroundNote =>
        Say(
            "The page makes a key of its own for this, which is gone when you leave. Tokens, price and energy are those of the receipt; the first-token time is measured in your browser.",
            "本页使用临时密钥，离开即失效。Token、费用与能耗取自收据；首字时间在浏览器中测得。"
        );
}
