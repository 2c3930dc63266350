using System.Globalization;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Portal.Texts;

/// <summary>The operator's catalogue: offerings, prices, what-if. A class of its own, so that its words need no longer names.</summary>
internal sealed partial class CatalogueTexts(PortalTexts texts)
{
    public string CatalogueTitle => Say("Catalogue", "产品目录");
    public string CatalogueLead =>
        Say(
            "What is for sale, and what is to come. What was sold keeps its terms, whatever is published here.",
            "在售与筹备中的产品。已售出的产品保持原有条款，不受此处发布影响。"
        );
    public string OfferingsTab => Say("Offerings", "产品");
    public string PricesTab => Say("Prices", "价格");
    public string WhatIfTab => Say("What if", "假设测算");
    public string NewOffering => Say("New offering", "新建产品");
    public string OfferingWord => Say("Offering", "产品");
    public string KindWord => Say("Kind", "类型");
    public string VersionWord => Say("Version", "版本");
    public string SoldWord => Say("Sold", "已售");
    public string SaleWord => Say("On sale", "销售期");
    public string DraftWord => Say("draft", "草稿");
    public string DraftWaits => Say("a draft waits", "有草稿待发布");

    public string StateOf(OfferingState state) =>
        state switch
        {
            OfferingState.Draft => Say("draft", "草稿"),
            OfferingState.Published => Say("published", "已发布"),
            _ => Say("retired", "已退市"),
        };

    public string KindOf(OfferingKind kind) =>
        kind switch
        {
            OfferingKind.Plan => Say("plan", "套餐"),
            OfferingKind.Pack => Say("pack", "加量包"),
            OfferingKind.Free => Say("free", "免费"),
            OfferingKind.PayAsYouGo => Say("pay as you go", "按量付费"),
            _ => Say("external", "外部"),
        };

    public string SaleWindow(string? from, string? to) =>
        (from, to) switch
        {
            (null, null) => Say("always", "长期"),
            (_, null) => Say($"from {from}", $"{from} 起"),
            (null, _) => Say($"until {to}", $"至 {to}"),
            _ => Say($"{from} to {to}", $"{from} 至 {to}"),
        };

    public string OfferingId => Say("Id", "标识");
    public string OfferingIdHint =>
        Say("Lower-case letters, digits and hyphens. It stays for ever.", "小写字母、数字与连字符，一经使用不再改变。");
    public string NameWord => Say("Name", "名称");
    public string DescriptionWord => Say("Description", "说明");
    public string NameInChinese => Say("Name in Chinese", "中文名称");
    public string DescriptionInChinese => Say("Description in Chinese", "中文说明");

    public string PriceIn(string currency) => Say($"Price in {currency}, tax included", $"价格（{currency}，含税）");

    public string FirstPriceWord => Say("First period's price", "首期价格");
    public string TaxPercentWord => Say("Tax within the price, %", "价内税率（%）");
    public string MonthsWord => Say("Months", "月数");
    public string DaysWord => Say("Or days", "或天数");
    public string MembersMaxWord => Say("Shared by at most, persons", "最多共享人数");
    public string WhatItGrants => Say("What it grants", "授予额度");
    public string UnitWord => Say("Unit", "单位");
    public string GrantModels => Say("Only these models", "仅限模型");
    public string FilledEvery => Say("Filled again", "周期重置");
    public string Once => Say("once", "一次");
    public string EveryDay => Say("every day", "每天");
    public string EveryWeek => Say("every week", "每周");
    public string EveryMonth => Say("every month", "每月");
    public string EveryPlanMonth => Say("every plan month", "每个套餐月");
    public string RenewalWord => Say("Renewal", "续订");
    public string IsRenewed => Say("Renewed by itself until somebody stops it", "自动续订，直至客户停止");
    public string NoticeDaysWord => Say("Notice, days before", "提前通知（天）");
    public string GraceDaysWord => Say("Grace, days", "宽限（天）");
    public string CoolingOffWord => Say("Cooling off, days", "冷静期（天）");
    public string BillingWord => Say("Periods begin", "周期起点");
    public string ByAnniversary => Say("with the purchase", "购买时刻");
    public string ByCalendar => Say("with the month", "自然月初");
    public string WhoMayBuy => Say("Who may buy it, and when", "销售范围与时间");
    public string SoldFrom => Say("Sold from", "开售时间");
    public string SoldUntil => Say("Sold until", "停售时间");
    public string StockWord => Say("Stock", "库存");
    public string PerCustomerWord => Say("Per customer", "每客限购");
    public string GroupsWord => Say("Groups", "客户群");
    public string RegionsWord => Say("Regions", "地区");
    public string ChannelsWord => Say("Channels", "渠道");
    public string ExcludesWord => Say("Not beside (ids)", "互斥产品");
    public string RequiresWord => Say("Only with one of (ids)", "前置产品");
    public string SaveDraft => Say("Save draft", "保存草稿");
    public string DraftSaved => Say("The draft is saved. Nobody sees it yet.", "草稿已保存，客户尚不可见。");
    public string PreviewTitle => Say("As the shop shows it", "商店预览");
    public string ChecksTitle => Say("Checks", "发布检查");
    public string NoFindings => Say("Nothing to object to.", "未发现问题。");
    public string PublishTitle => Say("Publish", "发布");

    public string PublishText(int version) =>
        Say(
            $"It becomes version {version}, for orders from then on. What was sold keeps its version.",
            $"将成为第 {version} 版，对此后的订单生效；已售出的保持原版本。"
        );

    public string CannotPublish => Say("It cannot be sold like this: see the checks.", "存在阻断问题，无法发布，请查看检查结果。");
    public string RetireTitle => Say("Retire", "退市");
    public string RetireText => Say("It is not sold any more, for ever. Subscriptions to it go on.", "永久停止销售，现有订阅继续有效。");
    public string RunningSold => Say("Sold so far", "累计已售");
    public string VersionsTitle => Say("Versions", "版本");
    public string FieldWord => Say("Field", "字段");
    public string WasWord => Say("Published", "已发布");
    public string WillBeWord => Say("Draft", "草稿");
    public string ChangesTitle => Say("What the draft changes", "草稿变更");
    public string AsJson => Say("The whole sheet as JSON", "完整 JSON");
    public string AsJsonHint =>
        Say(
            "Everything an offering can say: windows, rollover, bundles, seats, commitments. What has no field above is here.",
            "产品可表达的全部内容：窗口限额、结转、组合、席位、承诺等。上方表单没有的字段在此编辑。"
        );
    public string EditTitle => Say("Edit", "编辑");
    public string SeeOnly => Say("Your role may look at the catalogue, and not change it.", "您的角色可查看目录，但不能修改。");

    public string Says(OfferingFinding finding) =>
        texts.Language == Language.English
            ? finding.Message
            : finding.Kind switch
            {
                FindingKind.BelowCost =>
                    $"税后收入 {texts.Money(finding.Brings!.Value)}，按价位居中的模型（{finding.Subject}）用完需向厂商支付 {texts.Money(finding.Costs!.Value)}。",
                FindingKind.BelowCostAtWorst =>
                    $"税后收入 {texts.Money(finding.Brings!.Value)}，若全部用于 {finding.Subject}，需向厂商支付 {texts.Money(finding.Costs!.Value)}。",
                FindingKind.AboveCost =>
                    $"税后收入 {texts.Money(finding.Brings!.Value)}，成本最高为 {texts.Money(finding.Costs!.Value)}（全部用于 {finding.Subject}）。",
                FindingKind.CostUnknown => $"有 {finding.Subject} 个模型没有合同，成本未知。",
                FindingKind.NoChineseName => "没有中文名称：中文用户将看到英文名称。",
                FindingKind.NoChineseDescription => "说明没有中文译文。",
                FindingKind.NoDescription => "没有说明。",
                FindingKind.OutOfStock => $"库存已售完（{finding.Subject}），无法再下单。",
                FindingKind.LowStock => $"库存仅剩 {finding.Subject}。",
                FindingKind.RequiresExcluded => $"同时要求并排斥 {finding.Subject}：持有者反而不能购买。",
                FindingKind.ExcludedByRequired => $"所要求的 {finding.Subject} 与之互斥：持有者不能购买。",
                FindingKind.RequiresUnsold => $"所要求的产品无人持有且无法购买：{finding.Subject}。",
                FindingKind.NothingToSpendOn => $"没有在服务的模型可用 {finding.Subject} 支付。",
                FindingKind.ModelNotServed => $"指定的模型 {finding.Subject} 未在服务（已下架或无部署）。",
                FindingKind.SaleOver => "销售期已结束。",
                FindingKind.Unchanged => "与已发布版本完全相同。",
                _ => finding.Message,
            };

    public string WeightOf(FindingWeight weight) =>
        weight switch
        {
            FindingWeight.Wrong => Say("stops publishing", "阻断发布"),
            FindingWeight.Warning => Say("think of it", "请留意"),
            _ => Say("to know", "提示"),
        };

    // Prices

    public string PricesLead =>
        Say(
            "What each model is charged now, and what is to come. A call keeps the price that it started under.",
            "各模型现行价格与已排期价格。调用按其开始时的价格计费。"
        );
    public string ModelWord => Say("Model", "模型");
    public string InForce => Say("In force", "现行");
    public string InForceSince => Say("Since", "生效于");
    public string Scheduled => Say("Scheduled", "已排期");
    public string TariffVersions => Say("Versions", "价格版本");
    public string FromWord => Say("From", "起");
    public string UntilWord => Say("Until", "止");
    public string ChangesWord => Say("Changes", "变更");
    public string CancelVersion => Say("Take back", "撤回");
    public string PriceSheetTitle => Say("Price sheet", "价格表");

    public string PerMillion(string currency) => Say($"{currency} per million tokens", $"{currency}/百万 Token");

    public string InputWord => Say("Input", "输入");
    public string CachedWord => Say("Cached input", "缓存输入");
    public string OutputWord => Say("Output", "输出");

    public string Tiers(int count) => Say($"{count} tiers", $"{count} 个档位");

    public string SheetHint =>
        Say(
            "Every rule of a price: tiers, weights, hours, volume, minimum. Change it here, look at the difference, try it on last month, then publish.",
            "价格的全部规则：档位、权重、时段、阶梯、最低收费。在此修改、查看差异、用上月数据测算，再发布。"
        );
    public string LookAtDifference => Say("Show the difference", "查看差异");
    public string DifferenceTitle => Say("The difference", "差异");
    public string NoDifference => Say("A call costs the same by both.", "两者对每次调用的计费相同。");
    public string TryOnLastMonth => Say("What if, on last month", "用上月测算");
    public string PublishPrice => Say("Publish price", "发布价格");
    public string AtOnceHint => Say("Empty: at once.", "留空：立即生效。");
    public string PromotionHint => Say("Then the former prices are in force again. Empty: for good.", "到期后恢复原价。留空：长期有效。");
    public string AtOnce => Say("at once", "立即");
    public string ForGood => Say("for good", "长期");
    public string NoPriceScheduled => Say("No price is scheduled.", "没有已排期的价格。");

    public string StateOf(TariffState state) =>
        state switch
        {
            TariffState.Scheduled => Say("scheduled", "已排期"),
            TariffState.Started => Say("started", "已生效"),
            TariffState.Ended => Say("ended", "已结束"),
            _ => Say("cancelled", "已撤回"),
        };

    // What if

    public string WhatIfTitle => Say("What if", "假设测算");
    public string WhatIfLead =>
        Say(
            "A draft is tried on a past period: its calls are made again by the charging engine, and the sums are held against what was paid. Nothing is charged.",
            "以草稿条款重放历史周期：由计费引擎重新计费，并与实际收费对比。不产生任何费用。"
        );
    public string TriedPeriod => Say("Period", "周期");
    public string TryADraft => Say("Try it", "开始测算");
    public string DraftPlan => Say("Draft", "草稿");
    public string InPlaceOf => Say("In the place of", "替代");
    public string SampleWord => Say("Subscribers at the most", "最多用户数");
    public string SampleHint => Say("Empty: all. Of a sample the error is stated.", "留空：全部。抽样时会给出误差。");
    public string NothingTried => Say("Nothing was tried yet.", "尚无测算。");

    public string Affected(long count) => Say($"{count:N0} subscribers", $"{count:N0} 位用户");

    public string StateOf(WhatIfState state) =>
        state switch
        {
            WhatIfState.Waiting => Say("waiting", "等待中"),
            WhatIfState.Running => Say("running", "测算中"),
            WhatIfState.Done => Say("done", "完成"),
            WhatIfState.Failed => Say("failed", "失败"),
            _ => Say("cancelled", "已取消"),
        };

    public string LookedAt(long looked, long of) => Say($"{looked:N0} of {of:N0} subscribers", $"{looked:N0} / {of:N0} 位用户");

    public string RevenueWord => Say("Revenue", "收入");
    public string FeesWord => Say("Plans and packs", "套餐与加量包");
    public string UsageWord => Say("Calls beyond them", "套餐外调用");
    public string TaxWord => Say("Tax within", "其中税额");
    public string CostWord => Say("Owed to vendors", "厂商成本");
    public string MarginWord => Say("Margin", "毛利");
    public string ReallyWas => Say("As it was", "实际");
    public string WouldHaveBeen => Say("With the draft", "按草稿");
    public string ChangeWord => Say("Change", "变化");
    public string GainWord => Say("Pay less", "少付");
    public string LoseWord => Say("Pay more", "多付");
    public string SameWord => Say("Pay the same", "不变");
    public string DistributionTitle => Say("Who pays more, who less", "多付与少付的分布");
    public string MostAffected => Say("The most affected", "受影响最大的用户");
    public string SubscriberWord => Say("Subscriber", "用户");
    public string CallsRefused => Say("Calls refused or cut", "被拒或截断的调用");

    public string Band(long? from, long? to)
    {
        static string Whole(long nano) => (nano / Units.Money.NanoPerUnit).ToString("+0;-0;0", CultureInfo.InvariantCulture);
        return (from, to) switch
        {
            (0, 0) => "0",
            (null, { } high) => $"≤ {Whole(high)}",
            ({ } low, null) => $"≥ {Whole(low)}",
            ({ } low, { } high) => $"{Whole(low)} … {Whole(high)}",
            _ => "",
        };
    }

    /// <summary>The edge that is farther from nothing, for under a narrow column.</summary>
    public static string Edge(long? from, long? to)
    {
        var nano =
            from is null ? to!.Value
            : to is null || from < 0 ? from.Value
            : to.Value;
        return (nano / Units.Money.NanoPerUnit).ToString("+0;-0;0", CultureInfo.InvariantCulture);
    }

    public string ForAll(string change, string error) =>
        Say($"For all subscribers: {change} ± {error} (19 times of 20).", $"推算至全部用户：{change} ± {error}（95% 置信）。");

    public string SampleOf(long tried, long all) =>
        Say(
            $"A sample of {tried:N0} of {all:N0} subscribers; the sums below are of the sample.",
            $"抽样 {tried:N0} / {all:N0} 位用户，下列合计为样本合计。"
        );

    public string WhatIfNotes(WhatIfReport report)
    {
        var notes = new List<string>();
        if (report.Refused + report.Cut > 0)
            notes.Add(
                Say(
                    $"{report.Refused:N0} of {report.Calls:N0} calls would have been refused and {report.Cut:N0} cut short, of {report.Refusing:N0} subscribers.",
                    $"{report.Calls:N0} 次调用中有 {report.Refused:N0} 次会被拒绝、{report.Cut:N0} 次会被截断，涉及 {report.Refusing:N0} 位用户。"
                )
            );
        if (report.WithoutCost > 0)
            notes.Add(
                Say(
                    $"No contract says what {report.WithoutCost:N0} calls cost: the margin is without them.",
                    $"有 {report.WithoutCost:N0} 次调用没有合同成本，毛利未计入。"
                )
            );
        if (report.NotConverted > 0)
            notes.Add(
                Say(
                    $"{report.NotConverted:N0} calls are in a currency without a rate.",
                    $"有 {report.NotConverted:N0} 次调用的货币没有汇率。"
                )
            );
        if (report.Leased > 0)
            notes.Add(
                Say(
                    $"{report.Leased:N0} subscribers lend quota among accounts, and count as they were.",
                    $"{report.Leased:N0} 位用户在账户间出借额度，按实际计入。"
                )
            );
        if (report.NotDone > 0)
            notes.Add(
                Say($"{report.NotDone:N0} changes of accounts could not be made again.", $"{report.NotDone:N0} 项账户变更无法重放。")
            );
        return string.Join(texts.Gap.Length == 0 ? "" : " ", notes);
    }

    /// <summary>A sum to the hundredth: -1,234.50 CNY.</summary>
    public string Amount(Int128 nano, Currency currency) =>
        decimal.Round((decimal)nano / Units.Money.NanoPerUnit, 2, MidpointRounding.AwayFromZero)
            .ToString("#,0.00", CultureInfo.InvariantCulture)
        + " "
        + texts.Currency(currency);

    /// <summary>A change of a sum: +12.00 CNY.</summary>
    public string Signed(Int128 nano, Currency currency) => (nano > 0 ? "+" : "") + Amount(nano, currency);

    private string Say(string english, string chinese) => texts.Language == Language.Chinese ? chinese : english;
}
