using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Commerce.Catalog;

/// <summary>The life of offerings: draft, published, retired. What was sold keeps the terms it was sold under: an order and its subscription carry their own copy.</summary>
public sealed class Offerings(
    ICatalogStore store,
    ModelCatalogHolder catalog,
    ITariffs tariffs,
    ITurns turns,
    CommerceOptions options,
    TimeProvider time
)
{
    /// <summary>Publishes it as its next version; the same content again changes nothing.</summary>
    public async Task<Outcome<ProductOffering>> PutAsync(string id, OfferingSheet sheet, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.OfferingOf(id), cancellation);
        var read = await ReadAsync(id, sheet, cancellation);
        return read.Value is { } offering ? await store.PutOfferingAsync(offering, cancellation) : read;
    }

    /// <summary>Keeps it as the draft of the next version.</summary>
    public async Task<Outcome<ProductOffering>> PutDraftAsync(string id, OfferingSheet sheet, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.OfferingOf(id), cancellation);
        var read = await ReadAsync(id, sheet, cancellation);
        if (read.Value is not { } offering)
            return read;
        await store.PutDraftAsync(offering, cancellation);
        return offering with { State = OfferingState.Draft, Version = 0 };
    }

    /// <summary>Puts the draft up for sale. It is read again: what was right when it was written may not be any more.</summary>
    public async Task<Outcome<ProductOffering>> PublishAsync(string id, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.OfferingOf(id), cancellation);
        if (await store.FindOfferingListingAsync(id, cancellation) is not { } known)
            return Refused.NotFound("offering", id);
        if (known.Draft is not { } draft)
            return new Refused(Problems.WrongState, $"{known.Current.Name} has no draft to publish.");
        var read = await ReadAsync(id, OfferingSheet.Of(draft), cancellation);
        return read.Value is { } offering ? await store.PutOfferingAsync(offering, cancellation) : read;
    }

    /// <summary>Ends its sale, for ever. Retired again it stays as it is.</summary>
    public async Task<Outcome<ProductOffering>> RetireAsync(string id, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.OfferingOf(id), cancellation);
        if (await store.FindOfferingAsync(id, cancellation) is not { } known)
            return Refused.NotFound("offering", id);
        if (known.State == OfferingState.Draft)
            return new Refused(Problems.WrongState, $"{known.Name} was never for sale.");
        await store.RetireOfferingAsync(id, cancellation);
        return known with { State = OfferingState.Retired };
    }

    public Outcome<ProductOffering> Read(string id, OfferingSheet sheet)
    {
        var (now, book) = (time.GetUtcNow(), tariffs.Current);
        var onSale = catalog
            .Current.Models.Select(model => book.Find(model.Id, now))
            .OfType<ModelTariff>()
            .ToDictionary(charged => charged.Model);
        return new OfferingEntry(options.Currency, onSale, now).Read(id, sheet);
    }

    private async Task<Outcome<ProductOffering>> ReadAsync(string id, OfferingSheet sheet, CancellationToken cancellation)
    {
        var read = Read(id, sheet);
        if (read.Value is not { } offering)
            return read;
        var known = (await store.OfferingsAsync(cancellation)).ToDictionary(other => other.Id);
        if (known.GetValueOrDefault(id)?.State == OfferingState.Retired)
            return new Refused(Problems.WrongState, $"{known[id].Name} is retired for ever; sell it under another id.", "id");
        return (WhatIsUnknown("excludes", offering.Sale.Excludes) ?? WhatIsUnknown("requires", offering.Sale.Requires)) is { } unknown
            ? unknown
            : offering;

        Refused? WhatIsUnknown(string field, string[]? ids) =>
            Array.FindIndex(ids ?? [], other => !known.ContainsKey(other)) is >= 0 and var at
                ? Refused.Invalid($"sale.{field}[{at}]", $"There is no offering '{ids![at]}'.")
                : null;
    }
}
