using System.Globalization;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Portal.Texts;

/// <summary>Every text of the portal, the languages side by side, so that none can be forgotten in one of them.</summary>
internal sealed partial class PortalTexts(Language language)
{
    public Language Language => language;

    /// <summary>Of the operator's catalogue, models and vendors.</summary>
    public CatalogueTexts Catalogue => field ??= new(this);

    public string Title => Say("Tokenline: AI models on your phone bill", "Tokenline：随话费使用的 AI 模型");
    public string SkipToContent => Say("Skip to content", "跳到正文");
    public string Navigation => Say("Page", "页面导航");
    public string OtherLanguage => Say("中文", "English");
    public string OtherLanguageTag => Say("zh-Hans", "en");
    public string OtherLanguageAddress => Say("/?lang=zh", "/?lang=en");

    /// <summary>In parts that stay on one line each.</summary>
    public string[] Headline =>
        language == Language.Chinese
            ? ["各家 AI 模型，", "一把密钥，", "随话费支付。"]
            : ["All your AI models.", "One key.", "One phone bill."];

    /// <summary>What stands between two sentences.</summary>
    public string Gap => Say(" ", "");
    public string Lead =>
        Say(
            "Buy a monthly plan from your operator, get one API key, and call any model of any vendor by changing only the Model ID.",
            "向运营商订购月套餐，获得一把 API 密钥；只需更换模型 ID，即可调用任意厂商的任意模型。"
        );
    public string SeePlans => Say("See plans", "查看套餐");
    public string MakeACall => Say("Make a call", "开始调用");

    public string AllSimulated =>
        Say("Demo: these models are simulated; no model is asked.", "演示环境：所有模型均为模拟，不会调用真实模型。");

    public string SomeSimulated(int simulated, int all) =>
        Say(
            $"Demo: {simulated} of {all} models are simulated, as marked below; for these no model is asked.",
            $"演示环境：{all} 个模型中有 {simulated} 个为模拟（下方已标注），不会调用真实模型。"
        );

    public string Simulated => Say("simulated", "模拟");

    public string PlansTitle => Say("Plans and packs", "套餐与加量包");
    public string PlansLead =>
        Say(
            "One balance for every model it covers. When it is used up, calls stop: no plan ever turns into extra charges by itself.",
            "一份额度，适用于所涵盖的全部模型。用完即停，绝不会自动产生额外费用。"
        );
    public string MonthlyPlans => Say("Plans", "套餐");
    public string Packs => Say("Packs", "加量包");
    public string Free => Say("Free", "免费");
    public string PayAsYouGo => Say("Pay as you go", "按量付费");
    public string NothingForSale => Say("Nothing is for sale yet.", "暂无在售商品。");
    public string HowToBuy =>
        Say(
            "Sign in with your phone number to buy: you see the total and the terms before you pay.",
            "使用手机号登录后即可订购，付款前可查看总价与条款。"
        );

    public string Price(OfferingKind kind, int? months) =>
        kind is OfferingKind.Pack or OfferingKind.Free ? Say("once", "一次性")
        : months is null or 1 ? Say("a month", "每月")
        : Say($"for {months} months", $"{months} 个月");

    public string Currency(Currency currency) => currency == Units.Currency.Cny ? Say("CNY", "元") : currency.Code;

    public string Unit(QuotaUnit unit) =>
        unit.Name switch
        {
            "general-token" => Say("general tokens", "通用 Token"),
            "developer-token" => Say("developer tokens", "开发者 Token"),
            "point" => Say("points", "积分"),
            "credit" => Say("credits", "算力点"),
            "request" => Say("requests", "次请求"),
            "token" => Say("tokens", "Token"),
            "call-at-once" => Say("more calls at once", "个并发调用（增加）"),
            "request-per-minute" => Say("more calls a minute", "次/分钟调用（增加）"),
            "token-per-minute" => Say("more tokens a minute", "Token/分钟（增加）"),
            var other => other,
        };

    public string UnitTitle(QuotaUnit unit)
    {
        var text = Unit(unit);
        return text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    public string ValidFor(OfferingKind kind, int months) =>
        kind == OfferingKind.Pack ? Say($"Valid for {months} months", $"有效期 {months} 个月")
        : months == 1 ? Say("Valid for one month from activation", "自开通起一个月内有效")
        : Say($"Valid for {months} months from activation", $"自开通起 {months} 个月内有效");

    public string ValidForDays(int days) => Say($"Valid for {days} days from activation", $"自开通起 {days} 天内有效");

    /// <summary>A window beside the figure it cuts, so that nobody learns of it after buying.</summary>
    public string AtMost(Limit limit)
    {
        var amount = (limit.Max / LimitText.ScaleOf(limit.Measure)).ToString("#,0.######", CultureInfo.InvariantCulture);
        var what = limit switch
        {
            { Unit: { } unit } => Unit(unit),
            { Currency: { } currency } => Currency(currency),
            { Measure: Measure.Tokens } => Say("tokens", "Token"),
            _ => Say("requests", "次请求"),
        };
        var over = limit.Window switch
        {
            LimitWindow.Day => Say("a day", "每天"),
            LimitWindow.Week => Say("a week", "每周"),
            LimitWindow.Month or LimitWindow.PlanMonth => Say("a month", "每月"),
            LimitWindow.Run => Say("a run", "每次运行"),
            LimitWindow.Running => Say("at once", "并发"),
            LimitWindow.Total => Say("in all", "总计"),
            _ when limit.Seconds % 3600 == 0 => Say($"in {limit.Seconds / 3600} hours", $"每 {limit.Seconds / 3600} 小时"),
            _ when limit.Seconds == 60 => Say("a minute", "每分钟"),
            _ => Say($"in {limit.Seconds} seconds", $"每 {limit.Seconds} 秒"),
        };
        return Say($"At most {amount} {what} {over}", $"{over}最多 {amount} {what}");
    }

    public string PaysFor(int models, int all) =>
        models == all
            ? Say($"Pays for all {all} models", $"可用于全部 {all} 个模型")
            : Say($"Pays for {models} of {all} models", $"可用于 {all} 个模型中的 {models} 个");

    public string About(string chats, string model) => Say($"About {chats} chats with {model}", $"约可与 {model} 对话 {chats} 次");

    public string ChatFootnote =>
        Say(
            "A chat is counted as 1,000 tokens in and 500 out, with a model in the middle of the price range. The models below take more or fewer, by their weights.",
            "对话按输入 1,000 Token、输出 500 Token 估算，所列模型价位居中；其他模型按下表权重增减。"
        );

    public string PayAsYouGoIs =>
        Say(
            "Every model at its list price per token, on your phone bill, without a plan or after it is used up.",
            "无需套餐，或在套餐用完之后，按各模型的目录价逐 Token 计费，计入话费账单。"
        );
    public string PayAsYouGoCap =>
        Say("You set a cap for the month; calls stop when it is reached.", "您可设定每月上限，达到上限即停止调用。");
    public string PayAsYouGoOptIn =>
        Say("It is off until you switch it on, and never switched on for you.", "默认关闭，仅由您本人开启，绝不代为开通。");
    public string PayAsYouGoPrices => Say("List prices are in the table of models.", "目录价见下方模型表。");

    public string ModelsTitle => Say("Models", "模型");

    public string NoModels => Say("No model is served yet.", "暂无可用模型。");

    public string ModelsCaption(string currency) =>
        Say(
            $"List prices in {currency} per million tokens, and weights: how many general tokens, developer tokens or points of a plan one token takes. Each figure is input / cached input / output.",
            $"目录价（{currency}/百万 Token）与权重：每使用一个 Token，扣减套餐内多少通用 Token、开发者 Token 或积分。每格依次为输入 / 缓存输入 / 输出。"
        );

    public string ModelAndVendor => Say("Model ID and vendor", "模型 ID 与厂商");
    public string Context => Say("Context", "上下文");
    public string InputSize => Say("Request input", "单次输入");
    public string ListPrice => Say("List price", "目录价");
    public string AnySize => Say("any", "不限");
    public string Meters => Say("in / cached / out", "输入 / 缓存 / 输出");

    public string UpTo(string tokens) => $"≤ {tokens}";

    public string MoreThan(string tokens) => $"> {tokens}";

    /// <summary>A band of input that is divided by output.</summary>
    public string WithOutput(string input, string output) => Say($"{input}, out {output}", $"{input}，输出 {output}");

    /// <summary>When the price is another: Mon–Fri 09:00–12:00 × 2, in the zone of the hours.</summary>
    public string Hours(TimeOfDay hours) =>
        string.Join(
            Say("; ", "；"),
            hours.Windows.Select(window => $"{Days(window.Days)}{Clock(window.From)}–{Clock(window.To)} × {window.Factor}")
        ) + $" ({hours.TimeZone})";

    private string Days(Weekdays days)
    {
        const Weekdays work = Weekdays.Monday | Weekdays.Tuesday | Weekdays.Wednesday | Weekdays.Thursday | Weekdays.Friday;
        if (days == Weekdays.All)
            return "";
        if (days == work)
            return Say("Mon–Fri ", "周一至周五 ");
        string[] names = Say("Mon Tue Wed Thu Fri Sat Sun", "周一 周二 周三 周四 周五 周六 周日").Split(' ');
        return string.Join(Say(", ", "、"), names.Where((_, i) => ((int)days & (1 << i)) != 0)) + " ";
    }

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");

    public string CannotPay => Say("cannot pay for this model", "不可用于该模型");

    public string CallTitle => Say("Make a call", "开始调用");

    public string CallLead(string address) =>
        Say(
            $"The API speaks the OpenAI protocol at {address}. Set the base URL and the key; keep your code.",
            $"API 兼容 OpenAI 协议，地址为 {address}。改一下地址和密钥，代码无需改动。"
        );

    public string DemoKey =>
        Say(
            "The demo's key is in demo.env in the data folder (./data/demo.env unless it was moved).",
            "演示密钥位于数据目录的 demo.env 文件（默认 ./data/demo.env）。"
        );
    public string Curl => Say("From the command line", "命令行");
    public string OpenAISdk => Say("OpenAI SDK for Python", "OpenAI Python SDK");
    public string Greeting => Say("Hello", "你好");

    public string ReferenceTitle => Say("For developers and operators", "开发与运维");
    public string ApiReference => Say("API reference", "API 文档");
    public string OpenApiDocument => Say("OpenAPI document", "OpenAPI 描述文件");
    public string Health => Say("Health", "健康检查");
    public string Metrics => Say("Metrics (Prometheus)", "监控指标（Prometheus）");

    public string SmallPrint => Say("Small print", "说明");
    public string TierRule =>
        Say(
            "Where a model has several rows, the whole input of one request (cached input included), and where it says so its output, chooses the row, and the whole request is charged at it. Where hours are named, prices and weights change with the time at which the request starts.",
            "同一模型有多行价格时，按单次请求的全部输入（含缓存）及所注明的输出长度确定所在行，整个请求按该行计费。注明时段的，价格与权重按请求开始的时刻变动。"
        );
    public string RoundingRule =>
        Say(
            "Prices are shown to four significant digits; charges use the exact price and are rounded once per call.",
            "价格显示四位有效数字；计费使用精确价格，每次调用只取整一次。"
        );

    public string DollarPrices(decimal rate, Currency currency, string asOf) =>
        Say(
            $"Prices that vendors set in dollars are converted at 1 USD = {rate} {currency} ({asOf}).",
            $"厂商以美元定价的模型按 1 美元 = {rate} {Currency(currency)}折算（{asOf}）。"
        );

    public string PricesAsOf(DateOnly day) =>
        Say($"Vendors' list prices as of {day:yyyy-MM-dd}.", $"厂商目录价采集日期：{day:yyyy-MM-dd}。");

    public string NameOf(ProductOffering offering) =>
        language == Language.Chinese && offering.Chinese is { } chinese ? chinese.Name : FromCatalogue(offering.Name);

    public string DescriptionOf(ProductOffering offering) =>
        language == Language.Chinese && offering.Chinese?.Description is { Length: > 0 } chinese
            ? chinese
            : FromCatalogue(offering.Description);

    /// <summary>Names and descriptions of the shipped offerings; whatever the operator wrote otherwise stays as it is.</summary>
    public string FromCatalogue(string text) =>
        language == Language.English
            ? text
            : text switch
            {
                "Light" => "轻享版",
                "Standard" => "标准版",
                "Premium" => "尊享版",
                "For persons and families" => "适合个人与家庭",
                "Developer Basic" => "开发者基础版",
                "Developer Professional" => "开发者专业版",
                "Developer Flagship" => "开发者旗舰版",
                "For developers and small businesses: tokens of the dearer models" => "适合开发者与小微企业，可用于高阶模型",
                "Token pack" => "Token 加量包",
                "400 thousand general tokens, once" => "一次性获得 40 万通用 Token",
                "Points pack" => "积分加量包",
                "250 thousand points, once; points pay for every model" => "一次性获得 25 万积分，可用于全部模型",
                "Alibaba Cloud (Qwen)" => "阿里云（通义千问）",
                "Volcengine (Doubao)" => "火山引擎（豆包）",
                "Zhipu AI (GLM)" => "智谱 AI（GLM）",
                "Moonshot AI (Kimi)" => "月之暗面（Kimi）",
                "Tencent Cloud (Hunyuan)" => "腾讯云（混元）",
                "Baidu (ERNIE)" => "百度（文心）",
                _ => text,
            };

    private string Say(string english, string chinese) => language == Language.Chinese ? chinese : english;
}
