using System.Data;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Routing;

namespace Tokenline.Storage.Management;

internal sealed class CatalogStore(IDbContextFactory<ManagementDb> factory, SecretSeal seal) : ICatalogStore
{
    public async Task<CatalogRows> LoadAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        // One read transaction, so that the three lists are of one moment.
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var vendors = await db.Vendors.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellation);
        var models = await db.Models.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellation);
        var deployments = await db.Deployments.AsNoTracking().ToListAsync(cancellation);
        return new(
            [.. vendors.Select(Read)],
            [.. models.Select(Read)],
            [
                .. deployments.Select(row => new Mapping(row.ModelId, row.VendorId, row.UpstreamModel, row.Priority)
                {
                    Rates = new(row.RequestsPerMinute, row.TokensPerMinute, row.ConcurrentCalls),
                    Traffic = new(row.Weight, row.CanaryPercent, row.State),
                    Profile = Read(row.Profile, ModelProfile.Unknown),
                }),
            ]
        );
    }

    public async Task<IReadOnlyList<TariffVersion>> TariffsAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Tariffs.AsNoTracking().OrderBy(row => row.Version).ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new TariffVersion(row.Version, row.EffectiveFrom, row.CreatedAt, row.Reason, row.Body)
            {
                EffectiveTo = row.EffectiveTo,
                CancelledAt = row.CancelledAt,
                Sheets = row.Sheets,
            }),
        ];
    }

    public async Task<IReadOnlyList<ContractVersion>> ContractsAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Contracts.AsNoTracking().OrderBy(row => row.Version).ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new ContractVersion(
                row.Version,
                row.VendorId,
                row.ModelId,
                row.EffectiveFrom,
                row.EffectiveTo,
                row.CreatedAt,
                row.Reason,
                row.Sheet,
                row.Body
            )),
        ];
    }

    public async Task AddContractAsync(ContractVersion contract, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Tariffs, cancellation);
        db.Contracts.Add(
            new ContractRow
            {
                Version = contract.Version,
                VendorId = contract.Vendor,
                ModelId = contract.Model,
                EffectiveFrom = contract.EffectiveFrom,
                EffectiveTo = contract.EffectiveTo,
                CreatedAt = contract.CreatedAt,
                Reason = contract.Reason,
                Sheet = contract.Sheet,
                Body = contract.Body,
            }
        );
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<IReadOnlyList<ProductOffering>> OfferingsAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Offerings.AsNoTracking().OrderBy(row => row.Number).ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<ProductOffering?> FindOfferingAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Offerings.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task PutVendorAsync(Vendor vendor, IReadOnlyCollection<Mapping> removed, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Catalogue, cancellation);
        var row = new VendorRow
        {
            Id = vendor.Id,
            Name = vendor.Name,
            BaseUrl = vendor.BaseUrl.AbsoluteUri,
            SealedApiKey = vendor.ApiKeys.IsEmpty ? null : seal.Seal(string.Join('\n', vendor.ApiKeys), vendor.Id),
            DrainSeconds = vendor.DrainSeconds,
            Simulated = vendor.Simulated,
            Apis = VendorApis.Join(vendor.Apis),
            AllowsPrivateAddress = vendor.AllowsPrivateAddress,
        };
        await PutAsync(db, row, db.Vendors.AnyAsync(known => known.Id == row.Id, cancellation));
        db.Deployments.RemoveRange(removed.Select(RowOf));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task PutModelsAsync(
        IReadOnlyCollection<ModelListing> models,
        IReadOnlyCollection<Mapping> mappings,
        TariffVersion tariff,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Catalogue, cancellation);
        await db.RaiseAsync(ConfigurationAreas.Tariffs, cancellation);
        foreach (var model in models)
            await PutAsync(db, RowOf(model), db.Models.AnyAsync(known => known.Id == model.Id, cancellation));
        foreach (var mapping in mappings)
            await PutAsync(db, RowOf(mapping), IsKnownAsync(db, mapping, cancellation));
        db.Tariffs.Add(RowOf(tariff));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task PutModelAsync(ModelListing model, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Catalogue, cancellation);
        db.Models.Update(RowOf(model));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task AddTariffAsync(TariffVersion tariff, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Tariffs, cancellation);
        db.Tariffs.Add(RowOf(tariff));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task CancelTariffAsync(int version, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Tariffs, cancellation);
        await db
            .Tariffs.Where(row => row.Version == version)
            .ExecuteUpdateAsync(row => row.SetProperty(tariff => tariff.CancelledAt, at), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task PutMappingAsync(Mapping mapping, IReadOnlyCollection<Mapping> removed, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Catalogue, cancellation);
        await PutAsync(db, RowOf(mapping), IsKnownAsync(db, mapping, cancellation));
        db.Deployments.RemoveRange(removed.Select(RowOf));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task RemoveMappingAsync(Mapping mapping, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Catalogue, cancellation);
        await db.Deployments.Where(row => row.ModelId == mapping.Model && row.VendorId == mapping.Vendor).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<IReadOnlyList<OfferingListing>> OfferingListingsAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Offerings.AsNoTracking().OrderBy(row => row.Number).ToListAsync(cancellation);
        return [.. rows.Select(ReadListing)];
    }

    public async Task<OfferingListing?> FindOfferingListingAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Offerings.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellation);
        return row is null ? null : ReadListing(row);
    }

    public async Task<IReadOnlyList<ProductOffering>> OfferingVersionsAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var bodies = await db
            .OfferingVersions.AsNoTracking()
            .Where(row => row.OfferingId == id)
            .OrderBy(row => row.Version)
            .Select(row => row.Body)
            .ToListAsync(cancellation);
        var current = await db.Offerings.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation);
        var versions = bodies.Select(OfferingSnapshot.Read).ToList();
        if (current is { Version: > 0 })
            versions.Add(Read(current));
        return versions;
    }

    public async Task<ProductOffering> PutOfferingAsync(ProductOffering offering, CancellationToken cancellation)
    {
        var put = offering;
        await UniqueViolations.PutAsync(async () => put = await PutOfferingOnceAsync(offering, cancellation));
        return put;
    }

    private async Task<ProductOffering> PutOfferingOnceAsync(ProductOffering offering, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var known = await db.Offerings.FirstOrDefaultAsync(row => row.Id == offering.Id, cancellation);
        var before = known is null or { State: OfferingState.Draft } ? null : Read(known);
        var next = offering with { State = OfferingState.Published, Version = before?.Version ?? 1 };
        if (before is not null && OfferingSnapshot.Write(before) != OfferingSnapshot.Write(next))
        {
            next = next with { Version = before.Version + 1 };
            db.OfferingVersions.Add(
                new OfferingVersionRow
                {
                    OfferingId = before.Id,
                    Version = before.Version,
                    Body = OfferingSnapshot.Write(before),
                }
            );
        }
        var row = RowOf(next);
        if (known is null)
        {
            db.Offerings.Add(row);
        }
        else
        {
            // A draft that is published is one no longer; any other stays.
            var isDraftOf = known.Draft is { } draft && draft == OfferingSnapshot.Write(offering with { Version = 0 });
            (row.Number, row.Draft) = (known.Number, isDraftOf ? null : known.Draft);
            var entry = db.Entry(known);
            entry.CurrentValues.SetValues(row);
            entry.Property(stored => stored.Sold).IsModified = false; // orders count it
        }
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return next;
    }

    public Task PutDraftAsync(ProductOffering draft, CancellationToken cancellation) =>
        UniqueViolations.PutAsync(() => PutDraftOnceAsync(draft with { State = OfferingState.Draft, Version = 0 }, cancellation));

    private async Task PutDraftOnceAsync(ProductOffering draft, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var known = await db.Offerings.FirstOrDefaultAsync(row => row.Id == draft.Id, cancellation);
        var body = OfferingSnapshot.Write(draft);
        if (known is { State: not OfferingState.Draft })
        {
            known.Draft = body;
        }
        else
        {
            var row = RowOf(draft);
            row.Draft = body;
            if (known is null)
            {
                db.Offerings.Add(row);
            }
            else
            {
                row.Number = known.Number;
                db.Entry(known).CurrentValues.SetValues(row);
            }
        }
        await db.SaveChangesAsync(cancellation);
    }

    public async Task RetireOfferingAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db
            .Offerings.Where(row => row.Id == id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, OfferingState.Retired).SetProperty(row => row.Draft, (string?)null),
                cancellation
            );
    }

    public async Task AddOfferingsAsync(IReadOnlyCollection<ProductOffering> offerings, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Offerings.AddRange(offerings.Select(RowOf));
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<string?> SettingAsync(string name, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return (await db.Settings.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellation))?.Value;
    }

    public Task SetAsync(string name, string value, CancellationToken cancellation) =>
        UniqueViolations.PutAsync(() => SetOnceAsync(name, value, cancellation));

    private async Task SetOnceAsync(string name, string value, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await PutAsync(db, new SettingRow { Name = name, Value = value }, db.Settings.AnyAsync(row => row.Name == name, cancellation));
        await db.SaveChangesAsync(cancellation);
    }

    private static async Task PutAsync<T>(ManagementDb db, T row, Task<bool> isKnown)
        where T : class
    {
        if (await isKnown)
            db.Set<T>().Update(row);
        else
            db.Set<T>().Add(row);
    }

    private static Task<bool> IsKnownAsync(ManagementDb db, Mapping mapping, CancellationToken cancellation) =>
        db.Deployments.AnyAsync(row => row.ModelId == mapping.Model && row.VendorId == mapping.Vendor, cancellation);

    private Vendor Read(VendorRow row) =>
        new(
            row.Id,
            row.Name,
            new Uri(row.BaseUrl),
            row.SealedApiKey is null ? [] : [.. seal.Unseal(row.SealedApiKey, row.Id).Split('\n')],
            row.DrainSeconds,
            row.Simulated
        )
        {
            Apis = VendorApis.Split(row.Apis),
            AllowsPrivateAddress = row.AllowsPrivateAddress,
        };

    private static ModelListing Read(ModelRow row) =>
        new(
            row.Id,
            row.Name,
            row.OwnedBy,
            row.Created,
            row.ContextTokens,
            row.OutputTokensMax,
            row.ImageTokensMax,
            row.HidesReasoning,
            row.Tokenizer,
            row.OutputLimitField,
            JsonSerializer.Deserialize<PriceSheet>(row.Prices, CommerceJson.Options)
                ?? throw new JsonException($"model {row.Id} has no price")
        )
        {
            Kind = row.Kind,
            Profile = Read(row.Profile, ModelProfile.Unknown),
            Routing = Read(row.Routing, RoutingRule.Default),
            WithdrawnAt = row.WithdrawnAt,
        };

    /// <summary>What is stored as JSON, or <paramref name="unless"/> where there is none.</summary>
    private static T Read<T>(string? json, T unless)
        where T : class => json is null ? unless : JsonSerializer.Deserialize<T>(json, CommerceJson.Options) ?? unless;

    private static string? Write<T>(T value, T unless)
        where T : class => ReferenceEquals(value, unless) ? null : JsonSerializer.Serialize(value, CommerceJson.Options);

    private static ModelRow RowOf(ModelListing model) =>
        new()
        {
            Id = model.Id,
            Name = model.Name,
            OwnedBy = model.OwnedBy,
            Created = model.Created,
            ContextTokens = model.ContextTokens,
            OutputTokensMax = model.OutputTokensMax,
            ImageTokensMax = model.ImageTokensMax,
            HidesReasoning = model.HidesReasoning,
            Tokenizer = model.Tokenizer,
            OutputLimitField = model.OutputLimitField,
            Kind = model.Kind,
            Prices = JsonSerializer.Serialize(model.Prices, CommerceJson.Options),
            Profile = Write(model.Profile, ModelProfile.Unknown),
            Routing = Write(model.Routing, RoutingRule.Default),
            WithdrawnAt = model.WithdrawnAt,
        };

    private static TariffVersionRow RowOf(TariffVersion tariff) =>
        new()
        {
            Version = tariff.Version,
            EffectiveFrom = tariff.EffectiveFrom,
            EffectiveTo = tariff.EffectiveTo,
            CreatedAt = tariff.CreatedAt,
            CancelledAt = tariff.CancelledAt,
            Reason = tariff.Reason,
            Body = tariff.Body,
            Sheets = tariff.Sheets,
        };

    private static DeploymentRow RowOf(Mapping mapping) =>
        new()
        {
            ModelId = mapping.Model,
            VendorId = mapping.Vendor,
            UpstreamModel = mapping.UpstreamModel,
            Priority = mapping.Priority,
            RequestsPerMinute = mapping.Rates.RequestsPerMinute,
            TokensPerMinute = mapping.Rates.TokensPerMinute,
            ConcurrentCalls = mapping.Rates.ConcurrentCalls,
            Weight = mapping.Traffic.Weight,
            CanaryPercent = mapping.Traffic.CanaryPercent,
            State = mapping.Traffic.State,
            Profile = Write(mapping.Profile, ModelProfile.Unknown),
        };

    private static OfferingRow RowOf(ProductOffering offering) =>
        new()
        {
            Id = offering.Id,
            Name = offering.Name,
            Description = offering.Description,
            Kind = offering.Kind,
            PriceNano = offering.Price.Nano,
            Currency = offering.Price.Currency.Code,
            Months = offering.Months,
            Days = offering.Days,
            Grants = JsonSerializer.Serialize(offering.Grants, CommerceJson.Options),
            State = offering.State,
            Version = offering.Version,
            Terms = OfferingTerms.Of(offering) is { } terms ? JsonSerializer.Serialize(terms, CommerceJson.Options) : null,
            Stock = offering.Sale.Stock,
        };

    private static OfferingListing ReadListing(OfferingRow row) =>
        new(Read(row), row.Draft is { } draft ? OfferingSnapshot.Read(draft) with { State = OfferingState.Draft } : null, row.Sold);

    private static ProductOffering Read(OfferingRow row) =>
        Read(row.Terms, OfferingTerms.None)
            .On(
                new ProductOffering(
                    row.Id,
                    row.Name,
                    row.Description,
                    row.Kind,
                    new Money(row.PriceNano, new Currency(row.Currency)),
                    row.Months,
                    JsonSerializer.Deserialize<OfferedGrant[]>(row.Grants, CommerceJson.Options)
                        ?? throw new JsonException($"offering {row.Id} has no grants")
                )
                {
                    Days = row.Days,
                    State = row.State,
                    Version = row.Version,
                }
            );
}
