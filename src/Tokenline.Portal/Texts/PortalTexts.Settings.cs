using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Routing;

namespace Tokenline.Portal.Texts;

/// <summary>Settings.</summary>
internal sealed partial class PortalTexts
{
    public string SettingsTitle => Say("Settings", "设置");
    public string SavedText => Say("Saved. It holds from the next call on.", "已保存，自下一次调用起生效。");
    public string Save => Say("Save", "保存");
    public string Remove => Say("Remove", "移除");
    public string Allow => Say("Allow", "同意并开通");
    public string OptOut => Say("Take my consent back", "撤销同意");
    public string EmptyIsNone => Say("Leave it empty for none.", "留空表示不设置。");
    public string ZeroIsNever => Say("0: never.", "0 表示不提醒。");

    public string BeyondTitle => Say("Spending beyond plans", "套餐外消费");

    public string ConsentGiven(Money cap, Money spent) =>
        Say(
            $"Allowed, up to {Money(cap)} a month; {Money(spent)} of it is spent.",
            $"已开通，每月上限 {Money(cap)}，本月已用 {Money(spent)}。"
        );

    public string CapTitle(string currency) => Say($"Cap a month, {currency}", $"每月上限（{currency}）");

    public string CapHint => Say("No call goes over it.", "任何调用都不会超过此上限。");
    public string ConsentText =>
        Say(
            "When my plans and packs are used up, calls go on and are charged to my phone bill at list price, up to this cap.",
            "套餐与加量包用完后，我同意继续调用，费用按目录价计入话费，且不超过此上限。"
        );
    public string ConsentExpected => Say("Please tick the consent.", "请勾选同意。");
    public string ChangeCap => Say("Change the cap", "修改上限");

    public string MonthlyLimit => Say("Monthly limit of everything", "每月总上限");
    public string MonthlyLimitText =>
        Say(
            "Calls stop when their worth this month reaches it, whatever would pay for them.",
            "本月用量价值达到上限后停止调用，无论由何种额度支付。"
        );

    public string MonthlyLimitTitle(string currency) => Say($"At most a month, {currency} worth", $"每月用量上限（{currency}）");

    public string AutoPackTitle => Say("Packs by themselves", "自动加量");
    public string AutoPackText =>
        Say(
            "When nothing is left, a pack is bought on your phone bill and the call goes on.",
            "额度用完时自动订购加量包并计入话费，调用不中断。"
        );

    public string AutoPackGiven(string pack, int most, long bought) =>
        Say(
            $"Allowed: {pack}, at most {most} a month; {bought} this month.",
            $"已开通：{pack}，每月最多 {most} 个，本月已购 {bought} 个。"
        );

    public string Pack => Say("Pack", "加量包");
    public string PacksAMonth => Say("At most a month", "每月最多（个）");
    public string OneToHundred => Say("1 to 100 are expected.", "请输入 1 至 100。");

    public string AlertsTitle => Say("Alerts", "提醒");
    public string TellAtPercents => Say("Tell me when so much is used, in percent", "用量达到以下百分比时提醒");
    public string TellAtPercentsHint => Say("Such as 50, 80, 100", "例如 50, 80, 100");
    public string PercentsExpected =>
        Say("Whole numbers from 1 to 100, with commas between them, are expected.", "请输入 1 至 100 的整数，以逗号分隔。");
    public string TellDaysBefore => Say("Days before something ends unused", "到期前提醒（天）");
    public string ZeroToThirtyOne => Say("0 to 31 days are expected.", "请输入 0 至 31。");
    public string TellUnusual => Say("A day of so many times the usual", "异常用量提醒（平日的倍数）");
    public string UnusualExpected => Say("0, or 2 to 1,000, is expected.", "请输入 0，或 2 至 1000。");
    public string HowToTell => Say("How to tell me", "提醒方式");

    public string BySms(string phoneNumber) => Say($"Text message to {phoneNumber}", $"短信发送至 {phoneNumber}");

    public string ByMail => Say("Mail address", "邮箱");
    public string MailExpected =>
        Say("An address such as somebody@example.com is expected.", "请输入邮箱地址，例如 somebody@example.com。");
    public string ToldIn => Say("Language of messages", "消息语言");

    public string WrongAlerts(string wrong) =>
        wrong.StartsWith("percents", StringComparison.Ordinal) ? PercentsExpected
        : wrong.StartsWith("expiryDays", StringComparison.Ordinal) ? ZeroToThirtyOne
        : UnusualExpected;

    public string RoutingTitle => Say("Which model answers", "模型路由");
    public string RoutingText =>
        Say(
            "Ask for one of these instead of a Model ID, and the best one is chosen for each call; the bill is that model's.",
            "以下名称可代替模型 ID，系统为每次调用选择最合适的模型，并按实际模型计费。"
        );

    public (string Name, string Text)[] VirtualModels =>
        [
            ("auto:balance", Say("the best for its price", "性价比优先")),
            ("auto:cost", Say("the cheapest at this moment", "费用最低")),
            ("auto:quality", Say("the best known quality", "质量优先")),
            ("auto:energy", Say("the fewest joules for a token", "能耗最低")),
        ];

    public string PreferenceTitle => Say("What matters most to you", "默认偏好");
    public string PreferenceText =>
        Say(
            "Where several data centres serve the model that you ask for, the one is chosen that suits you. It is also what plain auto looks for.",
            "当您指定的模型有多处部署可用时，按此偏好选择；模型 ID 为 auto 时也按此偏好选择模型。"
        );

    public string PreferenceWord(CallPreference preference) =>
        preference switch
        {
            CallPreference.Cheapest => Say("Low price", "价格最低"),
            CallPreference.Fastest => Say("Speed", "速度最快"),
            CallPreference.Best => Say("Quality", "质量最佳"),
            CallPreference.Greenest => Say("Little energy", "能耗最低"),
            _ => Say("No preference", "无偏好"),
        };

    public string PreferenceMeans(CallPreference preference) =>
        preference switch
        {
            CallPreference.Cheapest => Say(
                "auto takes the cheapest model; a model costs you the same wherever it is served",
                "auto 选择最便宜的模型；同一模型在各处部署价格相同"
            ),
            CallPreference.Fastest => Say("first token, then tokens a second, as measured", "按实测首 Token 时间与输出速度"),
            CallPreference.Best => Say("the best known score of quality", "按已知质量评分"),
            CallPreference.Greenest => Say("the fewest joules for a token", "按每 Token 能耗"),
            _ => Say("as the operator has set it for each model", "按运营商为各模型设定的策略"),
        };

    public string StandIns => Say("Stand-ins", "替代规则");
    public string StandInsText =>
        Say(
            "If a model is too dear, down or withdrawn, another one answers. It is named in every answer.",
            "模型价格过高、故障或下架时由其他模型回答，并在回答中注明。"
        );
    public string NoStandIns => Say("You have no rules; the operator's hold.", "暂无自定义规则，按运营商默认规则处理。");

    public string StandIn(Substitution rule, Currency currency)
    {
        var use = rule.Use ?? CheapestOfClass;
        List<string> when = [];
        if (rule.InputPriceAbove is { } input)
            when.Add(
                Say(
                    $"input costs more than {Money(Units.Money.FromDecimal(input, currency))} a million",
                    $"输入单价超过每百万 {Money(Units.Money.FromDecimal(input, currency))}"
                )
            );
        if (rule.OutputPriceAbove is { } output)
            when.Add(
                Say(
                    $"output costs more than {Money(Units.Money.FromDecimal(output, currency))} a million",
                    $"输出单价超过每百万 {Money(Units.Money.FromDecimal(output, currency))}"
                )
            );
        if (rule.WhenDown)
            when.Add(Say("it is down", "故障"));
        if (rule.WhenWithdrawn)
            when.Add(Say("it is withdrawn", "下架"));
        return Say($"{rule.Model}: {use}, if {string.Join(" or ", when)}", $"{rule.Model} {string.Join("或", when)}时，改用 {use}");
    }

    public string IfModel => Say("Instead of", "原模型");
    public string UseModel => Say("use", "改用");
    public string CheapestOfClass => Say("the cheapest of its class", "同级最便宜的模型");

    public string IfInputAbove(string currency) =>
        Say($"if a million input tokens cost more than, {currency}", $"输入单价超过（{currency}/百万）");

    public string IfDown => Say("if it is down", "故障时");
    public string IfWithdrawn => Say("if it is withdrawn", "下架时");
    public string AddRule => Say("Add the rule", "添加规则");
}
