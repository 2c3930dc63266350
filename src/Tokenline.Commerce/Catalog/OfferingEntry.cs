using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Commerce.Catalog;

/// <summary>
/// Reads an offering. The first thing wrong is refused with the field and the reason: what contradicts itself, what could never be spent, and what was
/// probably meant otherwise.
/// </summary>
/// <param name="OnSale">What each model is charged now.</param>
public sealed record OfferingEntry(Currency Currency, IReadOnlyDictionary<string, ModelTariff> OnSale, DateTimeOffset Now)
{
    private const int IdLengthMax = 64;
    private const int NameLengthMax = 128;
    private const int DescriptionLengthMax = 512;
    private const int MonthsMax = 120;
    private const int DaysMax = 3660;
    private const int GrantsMax = 16;
    private const int PriorityMax = 1000;
    private const long PriceMost = 100_000_000;
    private const int MembersLeast = 2;

    /// <summary>What is granted is worth at least such a part of the price, and at most so many times it; beyond that an amount was mistyped.</summary>
    private const int WorthLeast = 50;
    private const int WorthMost = 1000;

    public Outcome<ProductOffering> Read(string id, OfferingSheet sheet)
    {
        if (id.Length is 0 or > IdLengthMax || !id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            return Refused.Invalid("id", $"An offering's id is 1 to {IdLengthMax} lower-case letters, digits and hyphens.");
        if (sheet.Name is not { Length: > 0 and <= NameLengthMax })
            return Refused.Invalid("name", $"A name of 1 to {NameLengthMax} characters is expected.");
        if (sheet.Description?.Length > DescriptionLengthMax)
            return Refused.Invalid("description", $"A description has at most {DescriptionLengthMax} characters.");
        if (sheet.Chinese is { } chinese && chinese.Name is not { Length: > 0 and <= NameLengthMax })
            return Refused.Invalid("chinese.name", $"A name of 1 to {NameLengthMax} characters is expected.");
        if (sheet.Chinese?.Description?.Length > DescriptionLengthMax)
            return Refused.Invalid("chinese.description", $"A description has at most {DescriptionLengthMax} characters.");
        if (sheet.Kind is not { } kind || kind == OfferingKind.External)
            return Refused.Invalid("kind", "plan, pack, free or payAsYouGo is expected.");
        if ((PriceOf(sheet, kind, out var price) ?? TimeOf(sheet, kind)) is { } wrong)
            return wrong;
        if (FirstPriceOf(sheet, price, out var firstPrice) is { } wrongFirst)
            return wrongFirst;
        if (sheet.TaxPercent is { } tax && (tax is < 0 or > 100 || tax != decimal.Round(tax, 2)))
            return Refused.Invalid("taxPercent", "A tax is 0 to 100 percent of what is left without it, with at most two decimals.");
        var sale = sheet.Sale ?? SaleTerms.Open;
        if (sale.WhatIsWrong(id, Now) is { } wrongSale)
            return wrongSale with { Param = $"sale.{wrongSale.Param}" };
        var renewal = RenewalOf(sheet.Renewal);
        if (renewal.WhatIsWrong(kind, sheet.Days) is { } wrongRenewal)
            return wrongRenewal with { Param = wrongRenewal.Param is { Length: > 0 } field ? $"renewal.{field}" : "renewal" };
        if (OfferedComponent.WhatIsWrong(sheet.Components) is { } wrongComponent)
            return wrongComponent;
        if (sheet.Components is not null && kind is not (OfferingKind.Plan or OfferingKind.Pack))
            return Refused.Invalid("components", "A bundle is a plan or a pack.");
        if (
            sheet.MembersMax is { } members
            && (kind != OfferingKind.Plan || members is < MembersLeast or > Parties.MembersMax.OfOrganization)
        )
            return Refused.Invalid(
                "membersMax",
                $"A plan may be shared by {MembersLeast} to {Parties.MembersMax.OfOrganization} persons, the owner included; nothing else is shared."
            );
        if (sheet.Grants?.Count > GrantsMax)
            return Refused.Invalid("grants", $"An offering has at most {GrantsMax} grants.");

        var grants = new List<OfferedGrant>();
        foreach (var grant in sheet.Grants ?? [])
        {
            var read = ReadGrant(grant, kind);
            if ((read.Refused ?? WhatIsOddIn(read.Value!, price)) is { } odd)
                return odd with { Param = $"grants[{grants.Count}]{(odd.Param is { Length: > 0 } field ? "." + field : "")}" };
            grants.Add(read.Required());
        }
        // A first period by the calendar is a part of a month, and a refill of a week or a month is whole.
        if (renewal.Billing == BillingCycle.Calendar && grants.Exists(grant => grant.Refill is { Period: not LimitWindow.Day }))
            return Refused.Invalid(
                "renewal.billing",
                "What is filled again every week or month is billed by the anniversary; by the calendar only what is filled every day."
            );
        var offering = new ProductOffering(id, sheet.Name, sheet.Description ?? "", kind, price, sheet.Months, grants)
        {
            Chinese = sheet.Chinese,
            Days = sheet.Days,
            FirstPrice = firstPrice,
            TaxPercent = sheet.TaxPercent ?? 0,
            Sale = sale,
            Renewal = renewal,
            Components = sheet.Components is { } components ? [.. components.Select(component => component!)] : [],
            MembersMax = sheet.MembersMax,
        };
        if (offering.WhatIsWrong() is { } problem)
            return AsRefused(problem);
        var wrongTerms = SeatsOf(sheet.Seats, ref offering) ?? CommitmentEntry.Read(sheet.Commitment, ref offering);
        return wrongTerms is not null ? wrongTerms : offering;
    }

    private static Refused? SeatsOf(SeatSheet? sheet, ref ProductOffering offering)
    {
        if (sheet is null)
        {
            var own = offering.Grants.ToList().FindIndex(grant => grant.ToEachSeat);
            return own < 0
                ? null
                : Refused.Invalid($"grants[{own}].toEachSeat", "Only a plan that is sold by the seat grants to each seat.");
        }
        if (offering.Kind != OfferingKind.Plan || offering.MembersMax is not null)
            return Refused.Invalid("seats", "A plan is sold by the seat, and shared by those who have one: it has no membersMax.");
        var (min, max) = (sheet.Min ?? 1, sheet.Max ?? SeatTerms.SeatsMax);
        if (min is < 1 or > SeatTerms.SeatsMax)
            return Refused.Invalid("seats.min", $"1 to {SeatTerms.SeatsMax} seats.");
        if (max < min || max > SeatTerms.SeatsMax)
            return Refused.Invalid("seats.max", $"{min} to {SeatTerms.SeatsMax} seats.");
        if ((Int128)offering.Price.Nano * max > (Int128)PriceMost * Money.NanoPerUnit)
            return Refused.Invalid("seats.max", $"So many seats would cost more than {PriceMost:N0}.");
        if (offering.Grants.Count(grant => grant.ToEachSeat) * max > SeatTerms.OwnGrantsMax)
            return Refused.Invalid(
                "seats.max",
                $"What each seat has for itself is kept seat by seat: at most {SeatTerms.OwnGrantsMax} of such grants, all seats together."
            );
        for (var i = 0; i < offering.Grants.Count; i++)
        {
            var grant = offering.Grants[i];
            if (grant is { ToEachSeat: true, Type: BucketType.Capacity })
                return Refused.Invalid($"grants[{i}].toEachSeat", "Capacity is of the account: by the seat it is granted to all of them.");
            if (grant is not { Refill: null, Limits: null or { Length: 0 } })
                return Refused.Invalid($"grants[{i}]", "What is granted by the seat is neither refilled nor limited by windows.");
            if ((Int128)grant.Amount * max > long.MaxValue)
                return Refused.Invalid($"grants[{i}].amount", "So many seats would grant more than can be counted.");
        }
        offering = offering with { Seats = new SeatTerms(min, max) };
        return null;
    }

    /// <summary>The sheet that would be read as this offering.</summary>
    public static OfferingSheet Show(ProductOffering offering) =>
        new(
            offering.Name,
            offering.Description,
            offering.Kind,
            [.. offering.Grants.Select(ShowGrant)],
            offering.Price.Nano == 0 ? null : offering.Price.ToDecimal(),
            offering.Months,
            offering.Days
        )
        {
            Chinese = offering.Chinese,
            FirstPrice = offering.FirstPrice?.ToDecimal(),
            TaxPercent = offering.TaxPercent == 0 ? null : offering.TaxPercent,
            Sale = offering.Sale == SaleTerms.Open ? null : offering.Sale,
            Renewal = offering.Renewal == RenewalTerms.None ? null : Show(offering.Renewal),
            Components = offering.Components.Count == 0 ? null : offering.Components,
            MembersMax = offering.MembersMax,
            Seats = offering.Seats is { } seats ? new SeatSheet(seats.Min, seats.Max) : null,
            Commitment = CommitmentEntry.Show(offering),
        };

    private static RenewalSheet Show(RenewalTerms terms) =>
        new(terms.IsAutomatic, terms.NoticeDays, terms.GraceDays, terms.CoolingOffDays, terms.Billing);

    private static RenewalTerms RenewalOf(RenewalSheet? sheet) =>
        sheet is null
            ? RenewalTerms.None
            : new(
                sheet.Automatic,
                sheet.NoticeDays ?? RenewalTerms.NoticeDaysDefault,
                sheet.GraceDays ?? RenewalTerms.GraceDaysDefault,
                sheet.CoolingOffDays ?? 0,
                sheet.Billing ?? BillingCycle.Anniversary
            );

    private static GrantSheet ShowGrant(OfferedGrant grant)
    {
        decimal Whole(long amount) => (decimal)amount / ScaleOf(grant.Unit);
        return new(
            Whole(grant.Amount),
            grant.Unit,
            grant.Currency,
            grant.Type,
            grant.Models,
            grant.Meters,
            grant.Limits?.Select(LimitText.Of).ToArray(),
            grant.IsBlocker,
            grant.Priority,
            grant.Refill?.Period,
            grant.Refill?.Rollover is { } min ? Whole(min.Min) : null,
            grant.Refill?.Rollover is { } max ? Whole(max.Max) : null,
            grant.ToEachSeat
        );
    }

    private Refused? PriceOf(OfferingSheet sheet, OfferingKind kind, out Money price)
    {
        price = new Money(0, Currency);
        var isSold = kind is OfferingKind.Plan or OfferingKind.Pack;
        if (sheet.Price is not { } amount || amount == 0)
            return isSold
                ? Refused.Invalid(
                    "price",
                    "A plan or a pack has a price. What costs nothing is of the kind free, and each customer has it once."
                )
                : null;
        if (!isSold)
            return Refused.Invalid(
                "price",
                kind == OfferingKind.Free ? "What is free has no price." : "Pay-as-you-go has no price: calls do."
            );
        if (WhatIsWrongWith("price", amount) is { } wrong)
            return wrong;
        price = Money.FromDecimal(amount, Currency);
        return null;
    }

    private Refused? FirstPriceOf(OfferingSheet sheet, Money price, out Money? first)
    {
        first = null;
        if (sheet.FirstPrice is not { } amount)
            return null;
        if (price.Nano == 0)
            return Refused.Invalid("firstPrice", "What costs nothing has no first price.");
        if (WhatIsWrongWith("firstPrice", amount) is { } wrong)
            return wrong;
        first = Money.FromDecimal(amount, Currency);
        return first.Value.Nano <= price.Nano ? null : Refused.Invalid("firstPrice", "The first price is not above the price.");
    }

    private static Refused? WhatIsWrongWith(string param, decimal amount) =>
        amount < 0 ? Refused.Invalid(param, "A price is not negative.")
        : amount != decimal.Round(amount, 2) || amount > PriceMost
            ? Refused.Invalid(param, "A price has at most two decimals, as a phone bill has, and at most 100,000,000.")
        : null;

    private static Refused? TimeOf(OfferingSheet sheet, OfferingKind kind)
    {
        if (kind == OfferingKind.PayAsYouGo)
            return sheet.Months is null && sheet.Days is null
                ? null
                : Refused.Invalid("months", "Pay-as-you-go lasts until it is switched off.");
        if (sheet.Months is null == sheet.Days is null)
            return Refused.Invalid("months", "An offering lasts months or days: give one of them.");
        if (sheet.Months is < 1 or > MonthsMax)
            return Refused.Invalid("months", $"1 to {MonthsMax} months are expected.");
        return sheet.Days is < 1 or > DaysMax ? Refused.Invalid("days", $"1 to {DaysMax} days are expected.") : null;
    }

    private Outcome<OfferedGrant> ReadGrant(GrantSheet? sheet, OfferingKind kind)
    {
        if (sheet is null)
            return Refused.Invalid("", "A grant is an object.");
        if (sheet.Unit is null == sheet.Currency is null)
            return Refused.Invalid("unit", "A grant is of a quota unit or of a currency.");
        if (sheet.Currency is { } currency && currency != Currency)
            return Refused.Invalid("currency", $"Money is granted in {Currency}.");
        if (sheet.Amount is not > 0)
            return Refused.Invalid("amount", "More than nothing is granted.");
        if (Fine(sheet.Amount.Value, sheet.Unit) is not { } amount)
            return Refused.Invalid("amount", TooFine(sheet.Unit));
        if (sheet.Type is BucketType.Credit or BucketType.Postpaid)
            return Refused.Invalid("type", "Money that is billed later is agreed on with a customer, not sold.");
        if (sheet.Type is BucketType.Wallet && sheet.Currency is null)
            return Refused.Invalid("type", "A wallet holds money.");
        if (sheet.Priority is < 0 or > PriorityMax)
            return Refused.Invalid("priority", $"A priority is between 0 and {PriorityMax}; the lowest pays first.");
        if (RefillOf(sheet, out var refill) is { } wrongRefill)
            return wrongRefill;
        if (LimitsOf(sheet, out var limits) is { } wrongLimit)
            return wrongLimit;
        var grant = new OfferedGrant(sheet.Unit, amount, sheet.Models)
        {
            Currency = sheet.Currency,
            Type = sheet.Type,
            Meters = sheet.Meters,
            Limits = limits,
            IsBlocker = sheet.IsBlocker,
            Priority = sheet.Priority,
            Refill = refill,
            ToEachSeat = sheet.ToEachSeat,
        };
        if (grant is { Type: BucketType.Capacity, Refill: not null })
            return Refused.Invalid("refilledEvery", "Capacity is there the whole time: nothing of it is filled again.");
        if (Bucket(grant).WhatIsWrong(Now) is { } wrong)
            return AsRefused(wrong);
        return WhatCannotBeSpent(grant) is { } idle ? idle
            : kind == OfferingKind.PayAsYouGo ? Nothing
            : grant;
    }

    private static readonly Refused Nothing = Refused.Invalid("", "Pay-as-you-go grants nothing: it is what is used that is paid.");

    private static Refused? RefillOf(GrantSheet sheet, out OfferedRefill? refill)
    {
        refill = null;
        if (sheet.RefilledEvery is not { } period)
            return sheet.RolloverMin is null && sheet.RolloverMax is null
                ? null
                : Refused.Invalid("rolloverMax", "Only what is granted again every period can roll over.");
        if (period is not (LimitWindow.Day or LimitWindow.Week or LimitWindow.Month or LimitWindow.PlanMonth))
            return Refused.Invalid("refilledEvery", "day, week, month or planMonth is expected.");
        if (sheet.RolloverMax is not { } most)
        {
            refill = new OfferedRefill(period);
            return sheet.RolloverMin is null ? null : Refused.Invalid("rolloverMin", "What rolls over has a most: give rolloverMax.");
        }
        if (Fine(most, sheet.Unit) is not { } max || max <= 0)
            return Refused.Invalid("rolloverMax", $"More than nothing rolls over. {TooFine(sheet.Unit)}");
        if (Fine(sheet.RolloverMin ?? 0, sheet.Unit) is not { } min || min < 0 || min > max)
            return Refused.Invalid("rolloverMin", $"The least that rolls over is between 0 and the most. {TooFine(sheet.Unit)}");
        refill = new OfferedRefill(period, new Rollover(min, max));
        return null;
    }

    private static Refused? LimitsOf(GrantSheet sheet, out Limit[]? limits)
    {
        limits = null;
        if (sheet.Limits is null)
            return null;
        var read = new List<Limit>();
        foreach (var text in sheet.Limits)
        {
            var limit = LimitText.Parse(text ?? "");
            if (limit.Refused is { } wrong)
                return wrong with { Param = $"limits[{read.Count}]" };
            read.Add(limit.Required());
        }
        limits = [.. read];
        for (var i = 0; i < read.Count; i++)
        {
            if (read.Find(longer => IsIdleUnder(read[i], longer)) is { } longer)
                return Refused.Invalid(
                    $"limits[{i}]",
                    $"{read[i].Id} can never be reached: {longer.Id} lets less through in a longer time."
                );
        }
        return null;
    }

    /// <summary>A window is of no use beside one that is longer and lets less through.</summary>
    private static bool IsIdleUnder(Limit limit, Limit longer) =>
        limit.Measure == longer.Measure
        && limit.Unit == longer.Unit
        && limit.Currency == longer.Currency
        && (longer.Models is null || limit.Models?.All(longer.Models.Contains) == true)
        && Seconds(limit) < Seconds(longer)
        && limit.Max > longer.Max;

    private static long Seconds(Limit limit) =>
        limit.Window switch
        {
            LimitWindow.Rolling or LimitWindow.FromFirstUse => limit.Seconds!.Value,
            LimitWindow.Day => 86_400,
            LimitWindow.Week => 7 * 86_400,
            LimitWindow.Month or LimitWindow.PlanMonth => 28 * 86_400,
            _ => long.MaxValue,
        };

    /// <summary>What no model could be paid with is no grant but a trap.</summary>
    private Refused? WhatCannotBeSpent(OfferedGrant grant)
    {
        if (grant.Type == BucketType.Capacity)
            return null;
        for (var i = 0; i < grant.Models?.Length; i++)
        {
            var id = grant.Models[i];
            if (!OnSale.TryGetValue(id, out var charged))
                return Refused.Invalid(
                    $"models[{i}]",
                    $"The model '{id}' is not for sale. Nearest Model IDs: {string.Join(", ", NearestModels.Of(id, OnSale.Keys))}."
                );
            if (CardOf(grant, charged) is null)
                return Refused.Invalid($"models[{i}]", $"The model '{id}' has no weight in {UnitOf(grant)}: it could not be paid with.");
        }
        if (grant.Models is null && OnSale.Values.All(charged => CardOf(grant, charged) is null))
            return Refused.Invalid(
                grant.Unit is null ? "currency" : "unit",
                $"No model is charged in {UnitOf(grant)}, so it could never be spent. There are: {string.Join(", ", UnitsOnSale())}."
            );
        return null;
    }

    /// <summary>An amount that is worth next to nothing, or a fortune, beside its price was meant in other units.</summary>
    private Refused? WhatIsOddIn(OfferedGrant grant, Money price)
    {
        if (
            price.Nano == 0
            || grant.Refill is not null
            || grant.Type is BucketType.Throughput or BucketType.Capacity
            || MostWorthOfOne(grant) is not { } one
        )
            return null;
        var worth = one * grant.Amount / ScaleOf(grant.Unit) / Money.NanoPerUnit;
        var asked = price.ToDecimal();
        if (worth >= asked / WorthLeast && worth <= asked * WorthMost)
            return null;
        var amount = (decimal)grant.Amount / ScaleOf(grant.Unit);
        return Refused.Invalid(
            "amount",
            $"{amount:0.######} {UnitOf(grant)} {(worth < asked ? "are worth at most" : "may be worth")} {worth:0.######} {Currency} of list price, and the offering costs {price}. "
                + $"Amounts are in whole units{(worth < asked && worth * 1_000_000 >= asked / WorthLeast ? $": is {amount * 1_000_000:0} meant?" : ".")}"
        );
    }

    /// <summary>The most nano of list price that one whole unit can pay for; null for units that do not count tokens.</summary>
    private decimal? MostWorthOfOne(OfferedGrant grant)
    {
        if (grant.Unit is null)
            return Money.NanoPerUnit;
        decimal? most = null;
        foreach (var (id, charged) in OnSale)
        {
            if (grant.Models?.Contains(id) == false || CardOf(grant, charged) is not { } card)
                continue;
            var context = charged.Context(Now, CallTraits.Plain, 0);
            foreach (var usage in (Usage[])[Usage.Of(1_000_000, 0), Usage.Of(0, 1_000_000)])
            {
                var (weight, money) = (card.Amount(usage, context, MeterSet.All).Rounded(), charged.Retail(usage, context));
                if (weight <= 0 || money <= 0 || !card.Charges(Meter.Input))
                    continue;
                var one = (decimal)money * QuotaUnit.Micro / weight;
                most = most is { } known ? Math.Max(known, one) : one;
            }
        }
        return most;
    }

    private IEnumerable<string> UnitsOnSale() =>
        OnSale
            .Values.SelectMany(charged => charged.Weights.Select(weight => weight.Unit.Name))
            .Append(Currency.Code)
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static RateCard? CardOf(OfferedGrant grant, ModelTariff charged) =>
        grant.Unit is { } unit ? charged.CardIn(unit) : charged.CardIn(grant.Currency!.Value);

    private BucketGrant Bucket(OfferedGrant grant) =>
        new(default, "grant", grant.Type ?? BucketType.Plan, grant.Unit, grant.Currency, grant.Amount, 0, Now, null, grant.Models, null)
        {
            Meters = grant.Meters,
            Limits = grant
                .Limits?.Select(limit => limit.Window == LimitWindow.PlanMonth ? limit with { Anchor = limit.Anchor ?? Now } : limit)
                .ToArray(),
            IsBlocker = grant.IsBlocker,
        };

    private static string UnitOf(OfferedGrant grant) => grant.Unit?.Name ?? grant.Currency!.Value.Code;

    private static decimal ScaleOf(QuotaUnit? unit) => unit is null ? Money.NanoPerUnit : QuotaUnit.Micro;

    /// <summary>In the engine's whole numbers; null where it does not fit them.</summary>
    private static long? Fine(decimal amount, QuotaUnit? unit)
    {
        var scale = ScaleOf(unit);
        return Math.Abs(amount) <= long.MaxValue / scale && amount * scale == decimal.Truncate(amount * scale)
            ? decimal.ToInt64(amount * scale)
            : null;
    }

    private static string TooFine(QuotaUnit? unit) =>
        $"An amount has at most {(unit is null ? 9 : 6)} decimals, and at most {long.MaxValue / ScaleOf(unit):0}.";

    private static Refused AsRefused(string problem)
    {
        var colon = problem.IndexOf(": ", StringComparison.Ordinal);
        return Refused.Invalid(problem[..colon], $"{char.ToUpperInvariant(problem[colon + 2])}{problem[(colon + 3)..]}.");
    }
}
