namespace Tokenline.Portal.Texts;

/// <summary>The public market.</summary>
internal sealed partial class PortalTexts
{
    public string MarketTitle => Say("Market", "模型市场");
    public string BecomeVendor => Say("For vendors", "厂商入驻");

    public string SamePageOtherLanguage(string path) => $"{path}?lang={(language == Language.Chinese ? "en" : "zh")}";

    public string MarketLead(DateOnly from, DateOnly to) =>
        Say(
            $"Every model for sale, with its price and how it was here: measured by the calls of {from:yyyy-MM-dd} to {to:yyyy-MM-dd}.",
            $"全部在售模型的价格，以及在本平台的实测表现：取自 {from:yyyy-MM-dd} 至 {to:yyyy-MM-dd} 的调用。"
        );

    public string MarketSearch => Say("Search", "搜索");
    public string Vendor => Say("Vendor", "厂商");
    public string ModelClass => Say("Class", "级别");
    public string Capability => Say("Can do", "能力");
    public string SortBy => Say("Sort by", "排序");
    public string NothingFound => Say("No model is like that. Ask for less.", "没有符合条件的模型，请放宽筛选。");

    public string ClassName(string name) =>
        name switch
        {
            "flagship" => Say("flagship", "旗舰"),
            "standard" => Say("standard", "标准"),
            "light" => Say("light", "轻量"),
            _ => name,
        };

    public string AbilityName(string name) =>
        name switch
        {
            "tools" => Say("tools", "工具调用"),
            "structured-output" => Say("structured output", "结构化输出"),
            "reasoning" => Say("reasoning", "推理"),
            "audio-input" => Say("audio input", "音频输入"),
            "documents" => Say("documents", "文档"),
            _ => name,
        };

    public string SortName(string name) =>
        name switch
        {
            "price" => Say("price, low first", "价格（低到高）"),
            "quality" => Say("quality", "质量"),
            "first-token" => Say("first token", "首字延迟"),
            "speed" => Say("speed", "速度"),
            "availability" => Say("availability", "可用率"),
            "energy" => Say("energy, low first", "能耗（低到高）"),
            "quality-per-price" => Say("quality for money", "性价比"),
            "quality-per-joule" => Say("quality for energy", "能效比"),
            "context" => Say("context", "上下文长度"),
            _ => Say("Model ID", "模型 ID"),
        };

    public string MarketCaption(int count, string currency) =>
        Say(
            $"{count} models. Prices in {currency} for a million tokens, in / out",
            $"共 {count} 个模型。价格单位：{currency}/百万 tokens，输入 / 输出"
        );

    public string PriceInOut => Say("Price, in / out", "价格（输入 / 输出）");
    public string QualityTitle => Say("Quality, of 100", "质量（百分制）");
    public string FirstTokenTitle => Say("First token", "首字延迟");
    public string SpeedTitle => Say("Tokens a second", "每秒 tokens");
    public string AvailabilityTitle => Say("Availability", "可用率");
    public string VendorEnergyTitle => Say("Joules a token", "焦耳/token");

    public string QualityPerPriceTitle(string currency) => Say($"Quality for 1 {currency}", $"质量/{currency}");

    public string QualityPerJouleTitle => Say("Quality for 1 J", "质量/焦耳");
    public string NotKnown => Say("unknown", "未知");
    public string NotMeasured => Say("not measured", "未测");
    public string NothingMeasured => Say("Nothing was measured yet.", "暂无实测数据。");
    public string MarketNotes =>
        Say(
            "First token: half of the streams began within. Availability: served of those tried, limits left out. Point at a figure of quality or energy for its source; * is a published figure or an estimate, not of calls here. Unknown is never ranked.",
            "首字延迟：半数流式响应在此时间内开始。可用率：成功次数 ÷ 尝试次数（不含限流）。将指针移到质量或能耗数字上可查看来源；带 * 的为公开数据或估计值，并非本平台实测。未知数据不参与排名。"
        );
    public string VendorAsJson => Say("The same as JSON", "JSON 格式");
    public string PlotsTitle => Say("What one gets for it", "物有所值");
    public string PlotsLead =>
        Say(
            "Up is better, left is cheaper or more frugal. Each step along the bottom is a multiple, not a sum. The table above has the same figures.",
            "越靠上质量越高，越靠左越便宜、越节能。横轴为对数刻度。数据与上表相同。"
        );
    public string QualityByPrice => Say("Quality for money", "质量与价格");
    public string QualityByEnergy => Say("Quality for energy", "质量与能耗");

    public string BlendedPrice(string currency) =>
        Say($"{currency} for a million tokens, ¾ in and ¼ out", $"{currency}/百万 tokens（输入 ¾、输出 ¼）");

    public string OutputMost => Say("Longest answer", "最大输出");
    public string EnergyOfCalls => Say("over the calls served here", "按本平台的调用加权");

    /// <summary>Where a count of calls is from, and of which days.</summary>
    public string AsSettled(DateOnly from, DateOnly to) =>
        Say($"{from:yyyy-MM-dd} to {to:yyyy-MM-dd}, as settlements count them", $"{from:yyyy-MM-dd} 至 {to:yyyy-MM-dd}，按结算口径");

    public string OfTries(long tries) => Say($"of {tries:#,0} tries", $"共 {tries:#,0} 次尝试");

    public string PriceHistory => Say("Price history", "价格历史");

    public string PricePerMillion(string currency) => Say($"{currency} for a million tokens", $"{currency}/百万 tokens");

    public string InputTitle => Say("Input", "输入");
    public string OutputTitle => Say("Output", "输出");
    public string InForceFrom => Say("In force from", "生效日期");
    public string MeasuredHere => Say("As measured here", "本平台实测");
    public string MeasuredLead =>
        Say(
            "By day, over all deployments of the model. Days without a call have no point.",
            "按日统计，涵盖该模型的全部部署；没有调用的日期无数据点。"
        );
}
