using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.WhatIf;
using Tokenline.Management.Api;
using Tokenline.Management.Orders;

namespace Tokenline.Management.WhatIf;

/// <param name="From">Calls that started from here on, and what was paid from here on. RFC 3339.</param>
/// <param name="To">And before; not in the future.</param>
/// <param name="Prices">Model ID → a draft price sheet.</param>
/// <param name="Offering">A draft plan or pack, as an offering is put.</param>
/// <param name="Draft">Or the id of an offering: its draft, or what is published of it where it has none.</param>
/// <param name="InsteadOf">The offering whose holders would have had the draft; that of <paramref name="Draft"/> unless told.</param>
/// <param name="Sample">So many subscribers at the most; all, unless told.</param>
/// <param name="Name">What it is called in the list.</param>
public sealed record NewWhatIfBody(
    DateTimeOffset? From,
    DateTimeOffset? To,
    IReadOnlyDictionary<string, PriceSheet?>? Prices = null,
    NewOfferingBody? Offering = null,
    string? Draft = null,
    string? InsteadOf = null,
    int? Sample = null,
    string? Name = null
);

/// <param name="Looked">Subscribers that were looked at.</param>
/// <param name="Of">Of so many.</param>
/// <param name="Failure">Why there is no report.</param>
public sealed record WhatIfBody(
    string Id,
    string Name,
    WhatIfState State,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<string> Models,
    string? Offering,
    string? InsteadOf,
    DateTimeOffset AskedAt,
    DateTimeOffset? EndedAt,
    long Looked,
    long Of,
    string? Failure,
    WhatIfReportBody? Report
)
{
    internal static WhatIfBody Show(WhatIfRun run, bool isWhole) =>
        new(
            run.Id,
            run.Request.Name,
            run.State,
            run.Request.From,
            run.Request.To,
            [.. run.Request.Prices?.Keys ?? []],
            run.Request.Offering?.Id,
            run.Request.InsteadOf,
            run.AskedAt,
            run.EndedAt,
            run.Looked,
            run.Of,
            run.Failure,
            isWhole && run.Report is { } report ? WhatIfReportBody.Of(report) : null
        );
}

/// <param name="Revenue">Fees and usage, as people pay them.</param>
/// <param name="Tax">Within the fees.</param>
/// <param name="Cost">What vendors are owed for the calls.</param>
/// <param name="Margin">Revenue less tax and cost.</param>
public sealed record WhatIfSideBody(MoneyBody Revenue, MoneyBody Fees, MoneyBody Usage, MoneyBody Tax, MoneyBody Cost, MoneyBody Margin)
{
    internal static WhatIfSideBody Of(WhatIfSide side, Currency currency) =>
        new(
            WhatIfReportBody.Money(side.RevenueNano, currency),
            WhatIfReportBody.Money(side.FeesNano, currency),
            WhatIfReportBody.Money(side.UsageNano, currency),
            WhatIfReportBody.Money(side.TaxNano, currency),
            WhatIfReportBody.Money(side.CostNano, currency),
            WhatIfReportBody.Money(side.MarginNano, currency)
        );
}

/// <param name="Subscribers">How many.</param>
/// <param name="Amount">What they pay less, or more, all together.</param>
public sealed record WhatIfGroupBody(long Subscribers, MoneyBody Amount);

/// <param name="Above">In whole units of the currency; absent: no bound.</param>
public sealed record WhatIfBandBody(decimal? Above, decimal? UpTo, long Subscribers);

/// <param name="Change">What would be paid more; negative is less.</param>
public sealed record WhatIfSubscriberBody(
    string Customer,
    string Name,
    MoneyBody Was,
    MoneyBody Would,
    MoneyBody Change,
    long Calls,
    long Refused,
    long Cut
);

/// <param name="Change">What all subscribers would pay more, or what more would be earned by them.</param>
/// <param name="Error">Of a sample: 19 times of 20 the truth is within this of it. Of all subscribers: nothing.</param>
public sealed record WhatIfEstimateBody(MoneyBody Change, MoneyBody Error);

/// <param name="Subscribers">That there are.</param>
/// <param name="Tried">That were tried; the sums are theirs.</param>
/// <param name="Revenue">For all.</param>
/// <param name="Margin">For all.</param>
/// <param name="Most">The most affected, by what changes for them.</param>
/// <param name="Refused">Calls that would have been refused.</param>
/// <param name="Cut">Calls that would have been answered in part.</param>
/// <param name="Refusing">Subscribers with a call that would have been refused or cut.</param>
/// <param name="Leased">Subscribers who count as they were, because their quota is lent among accounts.</param>
/// <param name="WithoutCost">Calls of which no contract says what they cost: the margin is without them.</param>
/// <param name="NotConverted">Calls in a currency without a rate: left out of the sums.</param>
/// <param name="NotDone">Changes to accounts that could not be made again.</param>
public sealed record WhatIfReportBody(
    long Subscribers,
    long Tried,
    bool IsSample,
    WhatIfSideBody Was,
    WhatIfSideBody Would,
    WhatIfEstimateBody Revenue,
    WhatIfEstimateBody Margin,
    WhatIfGroupBody Gain,
    WhatIfGroupBody Lose,
    long Same,
    IReadOnlyList<WhatIfBandBody> Bands,
    IReadOnlyList<WhatIfSubscriberBody> Most,
    long Calls,
    long Refused,
    long Cut,
    long Refusing,
    long Leased,
    long Unchanged,
    long WithoutCost,
    long NotConverted,
    long NotDone
)
{
    internal static WhatIfReportBody Of(WhatIfReport report)
    {
        var currency = report.Currency;
        return new(
            report.Subscribers,
            report.Tried,
            report.IsSample,
            WhatIfSideBody.Of(report.Was, currency),
            WhatIfSideBody.Of(report.Would, currency),
            new(Money(report.Revenue.Nano, currency), Money(report.Revenue.ErrorNano, currency)),
            new(Money(report.Margin.Nano, currency), Money(report.Margin.ErrorNano, currency)),
            new(report.Gain.Subscribers, Money(report.Gain.Nano, currency)),
            new(report.Lose.Subscribers, Money(report.Lose.Nano, currency)),
            report.Same,
            [.. report.Bands.Select(band => new WhatIfBandBody(Whole(band.FromNano), Whole(band.ToNano), band.Subscribers))],
            [
                .. report.Most.Select(one => new WhatIfSubscriberBody(
                    one.Customer.ToString(),
                    one.Name,
                    Money(one.Was.RevenueNano, currency),
                    Money(one.Would.RevenueNano, currency),
                    Money(one.ChangeNano, currency),
                    one.Calls,
                    one.Refused,
                    one.Cut
                )),
            ],
            report.Calls,
            report.Refused,
            report.Cut,
            report.Refusing,
            report.Leased,
            report.Unchanged,
            report.WithoutCost,
            report.NotConverted,
            report.NotDone
        );
    }

    internal static MoneyBody Money(Int128 nano, Currency currency) => new((decimal)nano / Tokenline.Units.Money.NanoPerUnit, currency);

    private static decimal? Whole(long? nano) => nano is { } known ? (decimal)known / Tokenline.Units.Money.NanoPerUnit : null;
}
