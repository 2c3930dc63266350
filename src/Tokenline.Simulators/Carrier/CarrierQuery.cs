using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Carrier;

/// <summary>What a list of payments or refunds is asked for with: dates, states, merchant, order and page.</summary>
internal sealed record CarrierQuery(
    DateTimeOffset From,
    DateTimeOffset Until,
    IReadOnlySet<string> Statuses,
    string? Merchant,
    bool Ascending,
    int Page,
    int PerPage
)
{
    private const int PerPageMax = 100;
    private const int MatchesMax = 10_000;
    private static readonly string[] paymentStatuses = ["processing", "pending_validation", "denied", "reserved", "succeeded", "cancelled"];

    /// <param name="query">Of the request.</param>
    /// <param name="what"><c>payment</c> or <c>refund</c>: the beginning of the parameters' names.</param>
    /// <param name="code">The beginning of this API's codes.</param>
    public static CarrierQuery Read(IQueryCollection query, string what, string code, DateTimeOffset now)
    {
        var from = Date(query, $"{what}CreationDate.gte");
        var until = Date(query, $"{what}CreationDate.lte");
        if (from is not null && until is null)
            until = now;
        if (from > until)
            throw Refused($"{code}.INVALID_DATE_RANGE", "The dates begin after they end.");
        var (page, perPage) = (Number(query, "page", 1), Number(query, "perPage", 10));
        if (page < 1 || perPage is < 1 or > PerPageMax)
            throw Refused("OUT_OF_RANGE", $"'page' counts from 1, and 'perPage' is 1 to {PerPageMax}.");
        var statuses = query[$"{what}Status"].SelectMany(text => (text ?? "").Split(',')).ToHashSet();
        if (statuses.FirstOrDefault(status => !paymentStatuses.Contains(status)) is { } unknown)
            throw new FormatException($"'{unknown}' is no status");
        var order = query["order"].ToString();
        if (order is not ("" or "asc" or "desc"))
            throw new FormatException("'order' is asc or desc");
        return new(
            from ?? DateTimeOffset.MinValue,
            until ?? DateTimeOffset.MaxValue,
            statuses,
            query["merchantIdentifier"].ToString() is { Length: > 0 } merchant ? merchant : null,
            order == "asc",
            page,
            perPage
        );
    }

    /// <summary>The page that was asked for, how many there are, and the index of the page's last, from 1.</summary>
    public (IReadOnlyList<CarrierEntry> Page, int Total, int Last) Of(IEnumerable<CarrierEntry> booked, string code)
    {
        var found = booked
            .Where(entry =>
                entry.BookedAt >= From
                && entry.BookedAt <= Until
                && (Statuses.Count == 0 || Statuses.Contains(entry.Status.Name()))
                && (Merchant is null || entry.MerchantIdentifier == Merchant)
            )
            .ToList();
        if (found.Count > MatchesMax)
            throw Refused($"{code}.TOO_MANY_MATCHING_RECORDS", $"There are more than {MatchesMax}: ask for fewer.");
        if (!Ascending)
            found.Reverse();
        var skipped = (int)Math.Min((long)(Page - 1) * PerPage, found.Count);
        var page = found.Skip(skipped).Take(PerPage).ToList();
        return (page, found.Count, skipped + page.Count);
    }

    private static DateTimeOffset? Date(IQueryCollection query, string name) =>
        query[name].ToString() is { Length: > 0 } text ? CarrierRequest.Instant(text) : null;

    private static int Number(IQueryCollection query, string name, int otherwise) =>
        query[name].ToString() is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, out var number) ? number
        : throw new FormatException($"'{name}' is a whole number");

    private static CarrierRequestException Refused(string code, string message) => new(CarrierOutcome.Refused(400, code, message));
}
