using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Trials;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.WhatIf;

/// <summary>Tries a draft on a past period, subscriber after subscriber: what was paid, and what would have been. One subscriber is in memory at a time.</summary>
public sealed class WhatIfStudy(
    ICustomerStore customers,
    IOrderStore orders,
    ISubscriptionStore subscriptions,
    ICatalogStore catalog,
    IChargeHistory history,
    ITariffs tariffs,
    Pricing pricing,
    IdSource ids,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int PageSize = 500;
    public const int DaysMax = 366;
    public const int SampleMin = 30;

    /// <summary>Reads a request whole, or refuses it by its field.</summary>
    internal async Task<Outcome<WhatIfDraft>> ReadAsync(WhatIfRequest request, CancellationToken cancellation)
    {
        if (request.To <= request.From)
            return Refused.Invalid("to", "A period ends after it begins.");
        if (request.To > time.GetUtcNow())
            return Refused.Invalid("to", "Only what has happened can be tried again: the period ends in the future.");
        if (request.To - request.From > TimeSpan.FromDays(DaysMax))
            return Refused.Invalid("from", $"A period has at most {DaysMax} days.");
        if (request.Sample is < SampleMin)
            return Refused.Invalid("sample", $"At least {SampleMin} subscribers, or leave it out: of fewer nothing can be said of all.");
        if (request.Offering is null && request.Prices is not { Count: > 0 })
            return Refused.Invalid("prices", "What shall be tried? Price sheets by Model ID, or a draft plan, are expected.");
        var kinds = (await catalog.LoadAsync(cancellation)).Models.ToDictionary(model => model.Id, model => model.Kind);
        var charges = new List<ModelTariff>();
        foreach (var (model, sheet) in request.Prices ?? new Dictionary<string, PriceSheet>())
        {
            if (!kinds.TryGetValue(model, out var kind))
                return Refused.NotFound("model", model) with { Problem = Problems.ModelNotFound, Param = $"prices.{model}" };
            var read = pricing.ToTariff(model, sheet, WhatIfDraft.Version, kind);
            if (read.Refused is { } refused)
                return refused with { Param = $"prices.{model}.{refused.Param}" };
            charges.Add(read.Required());
        }
        if (request.Offering is not { } offering)
            return new WhatIfDraft(request, charges, null, null);
        if (offering.Kind is not (OfferingKind.Plan or OfferingKind.Pack))
            return Refused.Invalid(
                "offering.kind",
                "A plan or a pack can be tried: what is free or paid as one goes is not held for a price."
            );
        var instead = request.InsteadOf ?? offering.Id;
        if (await catalog.FindOfferingAsync(instead, cancellation) is not { } sold || sold.State == OfferingState.Draft)
            return Refused.Invalid("insteadOf", $"Nobody has held '{instead}': name the offering whose holders would have had the draft.");
        return sold.Kind == offering.Kind
            ? new WhatIfDraft(request, charges, offering, instead)
            : Refused.Invalid(
                "insteadOf",
                $"{sold.Name} is a {sold.Kind}: a plan takes the place of a plan, a pack that of a pack.".ToLowerInvariant()
            );
    }

    /// <param name="progress">How many subscribers were looked at, of how many.</param>
    internal async Task<WhatIfReport> RunAsync(WhatIfDraft draft, Func<long, long, ValueTask> progress, CancellationToken cancellation)
    {
        var all = 0L;
        await foreach (var _ in CustomersAsync(cancellation))
            all++;
        var request = draft.Request;
        var fraction = request.Sample is { } sample && sample < all ? (double)sample / all : 1;
        var terms = TrialTerms.Of(request.From, request.To, tariffs.Current, draft.Charges);
        var tally = new WhatIfTally(options.Currency);
        var looked = 0L;
        await progress(0, all);
        await foreach (var customer in CustomersAsync(cancellation))
        {
            if (looked < all && IsInSample(customer.Id, fraction))
                tally.Add(await TryAsync(customer, draft, terms, cancellation));
            looked++;
            await progress(Math.Min(looked, all), all);
        }
        return tally.ToReport(all);
    }

    /// <summary>By the id alone: the same draft tried again, and another beside it, are of the same subscribers.</summary>
    private static bool IsInSample(PartyId customer, double fraction)
    {
        var mixed = (ulong)customer.Value * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
        return (mixed >> 11) < fraction * (1UL << 53);
    }

    private async IAsyncEnumerable<Customer> CustomersAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        PartyId? before = null;
        while (true)
        {
            var page = await customers.ListAsync(before, PageSize, cancellation);
            foreach (var customer in page)
                yield return customer;
            if (page.Count < PageSize)
                yield break;
            before = page[^1].Id;
        }
    }

    private async Task<TriedSubscriber> TryAsync(Customer customer, WhatIfDraft draft, TrialTerms terms, CancellationToken cancellation)
    {
        var sums = new SubscriberSums(pricing, options.Currency);
        var plans = await FeesAsync(customer, draft, sums, cancellation);
        var isTouched = plans.Count > 0 || draft.Charges.Count > 0;
        var (isLeased, notDone) = (false, 0);
        if (await HasUsageAsync(customer.Account, terms, cancellation))
            (isLeased, notDone) = await CallsAsync(customer.Account, terms, isTouched ? plans : null, sums, cancellation);
        var subscriber = new WhatIfSubscriber(
            customer.Id,
            customer.Name,
            sums.Was,
            isLeased ? sums.Was with { FeesNano = sums.Would.FeesNano, TaxNano = sums.Would.TaxNano } : sums.Would,
            sums.Calls,
            isLeased ? 0 : sums.Refused,
            isLeased ? 0 : sums.Cut
        );
        return new(subscriber, isLeased, plans.Count == 0 && sums.Touched == 0, sums.WithoutCost, sums.NotConverted, notDone);
    }

    private async Task<bool> HasUsageAsync(AccountId account, TrialTerms terms, CancellationToken cancellation)
    {
        // A refund in the period may be of a call before it, so refunds are looked for too.
        var days = new DaySums(options.TimeZone);
        var (first, last) = (days.DayOf(IdSource.Lowest<ChargeKind>(terms.From)), days.DayOf(IdSource.Lowest<ChargeKind>(terms.To)));
        cancellation.ThrowIfCancellationRequested();
        return (await history.DaysAsync(account, first, last)).Count > 0 || (await history.AdjustmentsAsync(account, null, 1)).Count > 0;
    }

    /// <summary>What was paid for plans and packs, and the plans that the draft takes the place of.</summary>
    private async Task<Dictionary<ProductId, PlanSwap>> FeesAsync(
        Customer customer,
        WhatIfDraft draft,
        SubscriberSums sums,
        CancellationToken cancellation
    )
    {
        var plans = new Dictionary<ProductId, PlanSwap>();
        var paid = new List<ProductOrder>();
        OrderId? before = null;
        while (true)
        {
            var page = await orders.ListAsync(customer.Id, before, PageSize, cancellation);
            paid.AddRange(page.Where(order => order is { State: OrderState.Completed, Product: not null }));
            if (page.Count < PageSize)
                break;
            before = page[^1].Id;
        }
        foreach (var order in paid)
            Swap(order.Product!.Value, order.Offering, order.Seats);
        var held = await subscriptions.ListAsync(customer.Id, cancellation);
        foreach (var subscription in held)
            Swap(subscription.Id, subscription.Offering, subscription.Seats);
        var isTold = new HashSet<string>();
        foreach (var order in paid)
        {
            isTold.Add(order.Id.ToString());
            if (IsIn(order.EndedAt))
                sums.Fee(order.Price.Nano, order.Offering, plans.GetValueOrDefault(order.Product!.Value));
        }
        foreach (var subscription in held)
        {
            var swap = plans.GetValueOrDefault(subscription.Id);
            foreach (var line in await subscriptions.PaymentsAsync(subscription.Id, cancellation))
            {
                if (isTold.Contains(line.Correlator))
                    continue;
                if (line.Kind == PaymentKind.Refund ? IsIn(line.AskedAt) : line.State == PaymentState.Paid && IsIn(line.EndedAt))
                    sums.Fee(line.Kind == PaymentKind.Refund ? -line.Amount.Nano : line.Amount.Nano, subscription.Offering, swap);
                else if (line.State is PaymentState.Accrued or PaymentState.Billed && IsIn(line.AskedAt))
                    sums.Fee(line.Amount.Nano, subscription.Offering, null);
            }
        }
        return plans;

        bool IsIn(DateTimeOffset? at) => at >= draft.Request.From && at < draft.Request.To;

        void Swap(ProductId product, ProductOffering sold, int? seats)
        {
            plans.Remove(product);
            if (draft.Offering is { } offering && sold.Id == draft.InsteadOf)
                plans[product] = new(sold.For(seats), offering.Seats is null ? offering : offering.For(seats));
        }
    }

    /// <param name="plans">Null: the draft does not touch the account, and its calls are counted as they were.</param>
    private async Task<(bool IsLeased, int NotDone)> CallsAsync(
        AccountId account,
        TrialTerms terms,
        Dictionary<ProductId, PlanSwap>? plans,
        SubscriberSums sums,
        CancellationToken cancellation
    )
    {
        var refunds = new HashSet<ChargeId>();
        long? before = null;
        while (true)
        {
            var page = await history.AdjustmentsAsync(account, before, 1000);
            refunds.UnionWith(page.Select(refund => refund.Refund.Charge));
            if (page.Count < 1000)
                break;
            before = page[^1].Position;
        }
        // Without a draft of its own the same trial says what was: one way to count, whoever is touched.
        var own =
            plans is null ? terms with { Models = System.Collections.Frozen.FrozenDictionary<string, ModelTariff>.Empty }
            : plans.Count == 0 ? terms
            : terms with { Grants = new PlanInPlace(plans, options.TimeZone, ids) };
        var trial = new AccountTrial(account, own, refunds);
        await foreach (var lived in history.LifeAsync(account, cancellation))
        {
            if (trial.IsOver(lived.Entry))
                break;
            var fact = trial.Add(lived);
            if (trial.IsLeased)
                sums.AsItWas(lived, terms);
            else if (fact is not null)
                sums.Add(fact, own);
        }
        return (trial.IsLeased, trial.NotDone);
    }
}
