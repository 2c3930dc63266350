using System.Globalization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>What a grant is good for, counted in things that people know. Exactly one of pages and calls is there.</summary>
/// <param name="Model">The model in the middle of those that it pays for: half of them give as much or more.</param>
/// <param name="Pages">Pages of text read and answered.</param>
/// <param name="Photos">Photos explained; null: no model that it pays for looks at photos.</param>
/// <param name="Calls">Of what is counted in calls.</param>
public sealed record GrantWorth(string Model, long? Pages, long? Photos, long? Calls);

/// <summary>What an offering is worth, in plain words.</summary>
/// <param name="Grants">In the order of the offering's; null: nothing can be said of it.</param>
public sealed record Worth(string Zh, string En, IReadOnlyList<GrantWorth?> Grants);

/// <summary>
/// Says what an offering's tokens are good for, by the weights of the tariff in force. A page is 1,000 tokens read and 250 written. A photo is what the model's vendor counts for one
/// at the most, and no more than 1,500 tokens, read, and 300 written. Of the models that a grant pays for the one in the middle counts; numbers are cut to two digits.
/// </summary>
public sealed class PlainWords(ModelCatalogHolder catalog, ITariffs tariffs, TimeProvider time)
{
    private const long PageRead = 1000;
    private const long PageWritten = 250;
    private const long PhotoReadMost = 1500;
    private const long PhotoWritten = 300;

    /// <summary>Null: nothing can be said.</summary>
    public Worth? Of(ProductOffering offering)
    {
        var now = time.GetUtcNow();
        var worths = offering.Grants.Select(grant => Of(grant, now)).ToList();
        var words = offering.Grants.Select((grant, i) => Say(grant, worths[i])).Where(said => said is not null).ToList();
        return words.Count == 0
            ? null
            : new(string.Join("；", words.Select(said => said!.Value.Zh)), string.Join("; ", words.Select(said => said!.Value.En)), worths);
    }

    private GrantWorth? Of(OfferedGrant grant, DateTimeOffset now)
    {
        var rated = Models(grant, now).OrderBy(one => one.Page).ThenBy(one => one.Model.Id, StringComparer.Ordinal).ToList();
        if (rated.Count == 0)
            return null;
        var middle = rated[rated.Count / 2];
        var count = Short(grant.Amount / middle.Page);
        if (!middle.CountsTokens)
            return new(middle.Model.Id, null, null, count);
        var photos = rated.Select(one => one.Photo).OfType<long>().Order().ToList();
        return new(middle.Model.Id, count, photos.Count == 0 ? null : Short(grant.Amount / photos[photos.Count / 2]), null);
    }

    /// <param name="Page">What a page costs, in micro-units or nano.</param>
    private readonly record struct Rated(Model Model, long Page, long? Photo, bool CountsTokens);

    private IEnumerable<Rated> Models(OfferedGrant grant, DateTimeOffset now)
    {
        var book = tariffs.Current;
        foreach (var model in catalog.Current.Models.Where(model => model.Kind == ModelKind.Chat && model.WithdrawnAt is null))
        {
            if (grant.Models?.Contains(model.Id) == false || book.Find(model.Id, now) is not { } charged)
                continue;
            var card = grant.Unit is { } unit ? charged.CardIn(unit) : charged.CardIn(grant.Currency!.Value);
            if (card is null)
                continue;
            var context = charged.Context(now, CallTraits.Plain, 0);
            var page = Cost(PageRead, PageWritten);
            if (page <= 0)
                continue;
            var looks = model.ImageTokensMax > 0 && card.Charges(Meter.Input);
            var photo = looks ? Cost(Math.Min(model.ImageTokensMax, PhotoReadMost), PhotoWritten) : 0;
            yield return new(model, page, photo > 0 ? photo : null, card.Charges(Meter.Input));

            long Cost(long read, long written)
            {
                var usage = Usage.Of(read, written);
                usage[Meter.Request] = 1;
                return card.Amount(usage, context, MeterSet.All).Rounded();
            }
        }
    }

    private static (string Zh, string En)? Say(OfferedGrant grant, GrantWorth? worth)
    {
        if (grant.Type == BucketType.Throughput)
            return OfThroughput(grant);
        if (grant.Type == BucketType.Capacity)
            return OfCapacity(grant);
        if (grant.ToEachSeat && Say(grant with { ToEachSeat = false }, worth) is var (zh, en))
            return ($"每个席位各{zh}", $"each seat {en} of its own");
        if (worth is null)
            return null;
        var (zhEvery, enEvery) = Every(grant.Refill);
        if (worth.Calls is { } calls)
            return ($"{zhEvery}约 {Number(calls)} 次调用", $"{enEvery}about {Number(calls)} calls");
        var pages = Number(worth.Pages!.Value);
        return worth.Photos is { } photos
            ? (
                $"{zhEvery}约 {pages} 页文字，或讲解 {Number(photos)} 张照片",
                $"{enEvery}about {pages} pages of text or {Number(photos)} photos explained"
            )
            : ($"{zhEvery}约 {pages} 页文字", $"{enEvery}about {pages} pages of text");
    }

    private static (string Zh, string En)? OfThroughput(OfferedGrant grant)
    {
        if (grant.Limits?.FirstOrDefault(limit => limit.IsRate && limit.Seconds == 60) is not { } minute)
            return null;
        var count = minute.Measure == Measure.Quota ? minute.Max / QuotaUnit.Micro : minute.Max;
        return minute.Measure == Measure.Requests
            ? ($"每分钟保证 {Number(count)} 次调用", $"{Number(count)} calls a minute, guaranteed")
            : ($"每分钟保证 {Number(count)} 个 token", $"{Number(count)} tokens a minute, guaranteed");
    }

    private static (string Zh, string En)? OfCapacity(OfferedGrant grant)
    {
        var more = Number(grant.Amount / QuotaUnit.Micro);
        return grant.Unit == Capacity.CallsAtOnce ? ($"同时多进行 {more} 个调用", $"{more} more calls at once")
            : grant.Unit == Capacity.RequestsPerMinute ? ($"每分钟多 {more} 次调用", $"{more} more calls a minute")
            : ($"每分钟多 {more} 个 token", $"{more} more tokens a minute");
    }

    private static (string Zh, string En) Every(OfferedRefill? refill) =>
        refill?.Period switch
        {
            LimitWindow.Day => ("每天", "every day "),
            LimitWindow.Week => ("每周", "every week "),
            LimitWindow.Month or LimitWindow.PlanMonth => ("每月", "every month "),
            _ => ("", ""),
        };

    /// <summary>Cut to two digits: 6,666 is 6,600.</summary>
    private static long Short(long count)
    {
        var scale = 1L;
        while (count / scale >= 100)
            scale *= 10;
        return count / scale * scale;
    }

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
