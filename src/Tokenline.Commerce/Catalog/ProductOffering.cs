using System.Text.Json.Serialization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;

namespace Tokenline.Commerce.Catalog;

[JsonConverter(typeof(JsonStringEnumConverter<OfferingKind>))]
public enum OfferingKind
{
    [JsonStringEnumMemberName("plan")]
    Plan,

    [JsonStringEnumMemberName("pack")]
    Pack,

    /// <summary>Not ordered but switched on, with a cap of the customer's own.</summary>
    [JsonStringEnumMemberName("payAsYouGo")]
    PayAsYouGo,

    /// <summary>Costs nothing, and each customer has it once.</summary>
    [JsonStringEnumMemberName("free")]
    Free,

    /// <summary>Of products alone: a part of a bundle that others deliver.</summary>
    [JsonStringEnumMemberName("external")]
    External,
}

[JsonConverter(typeof(JsonStringEnumConverter<OfferingState>))]
public enum OfferingState
{
    /// <summary>Seen by the operator alone.</summary>
    [JsonStringEnumMemberName("draft")]
    Draft = 1,

    [JsonStringEnumMemberName("published")]
    Published = 2,

    /// <summary>Not sold any more, for ever. What was sold goes on.</summary>
    [JsonStringEnumMemberName("retired")]
    Retired = 3,
}

/// <summary>What is for sale, in one version.</summary>
/// <param name="Price">In nano, tax included; nothing is paid for 0.</param>
/// <param name="Months">How long what it grants can be spent; null where <see cref="Days"/> say so, and for pay-as-you-go.</param>
public sealed record ProductOffering(
    string Id,
    string Name,
    string Description,
    OfferingKind Kind,
    Money Price,
    int? Months,
    IReadOnlyList<OfferedGrant> Grants
)
{
    /// <summary>What those who read Chinese are shown; null: the same as everybody.</summary>
    public OfferingText? Chinese { get; init; }

    /// <summary>Instead of <see cref="Months"/>: so many times 24 hours.</summary>
    public int? Days { get; init; }

    public OfferingState State { get; init; } = OfferingState.Published;

    /// <summary>Counted from 1; 0: a draft that has not become one.</summary>
    public int Version { get; init; } = 1;

    public SaleTerms Sale { get; init; } = SaleTerms.Open;

    /// <summary>Of the first period of a customer's first order; null: <see cref="Price"/>.</summary>
    public Money? FirstPrice { get; init; }

    /// <summary>Within the price.</summary>
    public decimal TaxPercent { get; init; }

    public RenewalTerms Renewal { get; init; } = RenewalTerms.None;

    /// <summary>What others deliver under the same order and price; empty: it is no bundle.</summary>
    public IReadOnlyList<OfferedComponent> Components { get; init; } = [];

    /// <summary>So many persons may share it, the owner included; null: it is not shared by being held.</summary>
    public int? MembersMax { get; init; }

    /// <summary>Null: it is not sold by the seat.</summary>
    public SeatTerms? Seats { get; init; }

    /// <summary>Null: nothing is settled afterwards.</summary>
    public CommitmentTerms? Commitment { get; init; }

    /// <summary>What so many seats of it cost and grant together; null: as it is. What each seat has for itself stays that of one.</summary>
    public ProductOffering For(int? seats) =>
        seats is not { } count
            ? this
            : this with
            {
                Price = Price with { Nano = checked(Price.Nano * count) },
                FirstPrice = FirstPrice is { } first ? first with { Nano = checked(first.Nano * count) } : null,
                Grants = [.. Grants.Select(grant => grant.ToEachSeat ? grant : grant with { Amount = checked(grant.Amount * count) })],
            };

    /// <summary>A part of a period can be granted of it: what is filled again every week or month is whole.</summary>
    [JsonIgnore]
    public bool IsDivisible => Grants.All(grant => grant.Refill is null or { Period: LimitWindow.Day });

    /// <summary>How many orders a customer may have of it; null: any number.</summary>
    public int? PerCustomer => Kind == OfferingKind.Free ? Math.Min(Sale.PerCustomer ?? 1, 1) : Sale.PerCustomer;

    /// <summary>Null: nothing. Otherwise the field and the reason. What its grants must be is asked of the grants themselves.</summary>
    public string? WhatIsWrong() =>
        Months is not null && Days is not null ? "days: an offering lasts months or days"
        : Months < 1 || Days < 1 ? "months: at least one"
        : Price.Nano < 0 ? "price: nobody is paid for buying"
        : Kind == OfferingKind.Free && Price.Nano != 0 ? "price: what is free costs nothing"
        : Kind == OfferingKind.PayAsYouGo && Grants.Count > 0 ? "grants: pay-as-you-go grants nothing"
        : Kind != OfferingKind.PayAsYouGo && Grants.Count == 0 ? "grants: an offering grants something"
        : null;
}

/// <summary>What an offering grants: a bucket, or one that is filled again every period.</summary>
/// <param name="Unit">Null for money.</param>
/// <param name="Amount">Micro-units of <paramref name="Unit"/>, or nano of <see cref="Currency"/>.</param>
/// <param name="Models">The Model IDs that it may pay for; null: those with a weight in this unit.</param>
public sealed record OfferedGrant(QuotaUnit? Unit, long Amount, string[]? Models = null)
{
    public Currency? Currency { get; init; }

    /// <summary>Null: plan, pack or bonus, after the kind of the offering.</summary>
    public BucketType? Type { get; init; }

    public MeterSet? Meters { get; init; }

    /// <summary>Windows of what the bucket pays. Those of the calendar run in the operator's zone, plan months from the activation on.</summary>
    public Limit[]? Limits { get; init; }

    /// <summary>While it is open nothing after it pays for the models it covers: a full window refuses, and does not spill over into what costs more.</summary>
    public bool IsBlocker { get; init; }

    /// <summary>Null: that of its type.</summary>
    public int? Priority { get; init; }

    public OfferedRefill? Refill { get; init; }

    /// <summary>Of a plan by the seat: each seat has so much for itself, for whoever has it. Otherwise what all seats grant is one pool.</summary>
    public bool ToEachSeat { get; init; }

    /// <summary>So much of it for a part of a period. Capacity is not spent, and whole for however short a time.</summary>
    public long PartOf(long amount, Int128 part, Int128 whole) =>
        Type == BucketType.Capacity ? amount : Subscriptions.Proration.Quota(amount, part, whole);
}

/// <summary>Granted again every period from the activation to the end of the product.</summary>
/// <param name="Period"><c>day</c>, <c>week</c>, <c>month</c> or <c>planMonth</c>.</param>
public sealed record OfferedRefill(LimitWindow Period, Rollover? Rollover = null);
