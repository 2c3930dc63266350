using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Routing;

namespace Tokenline.Storage.Management;

internal sealed class SubstitutionStore(IDbContextFactory<ManagementDb> factory) : ISubstitutionStore
{
    public async Task<IReadOnlyList<Substitution>> LoadAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Substitutions.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task AddAsync(Substitution rule, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Substitutions, cancellation);
        db.Substitutions.Add(
            new SubstitutionRow
            {
                Id = rule.Id,
                AccountId = rule.Account,
                Model = rule.Model,
                Use = rule.Use,
                InputPriceAbove = Text(rule.InputPriceAbove),
                OutputPriceAbove = Text(rule.OutputPriceAbove),
                WhenDown = rule.WhenDown,
                WhenWithdrawn = rule.WhenWithdrawn,
                QualityMin = Text(rule.QualityMin),
            }
        );
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<bool> RemoveAsync(SubstitutionId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.RaiseAsync(ConfigurationAreas.Substitutions, cancellation);
        var removed = await db.Substitutions.Where(row => row.Id == id).ExecuteDeleteAsync(cancellation) > 0;
        await transaction.CommitAsync(cancellation);
        return removed;
    }

    private static Substitution Read(SubstitutionRow row) =>
        new(row.Id, row.AccountId, row.Model, row.Use)
        {
            InputPriceAbove = Number(row.InputPriceAbove),
            OutputPriceAbove = Number(row.OutputPriceAbove),
            WhenDown = row.WhenDown,
            WhenWithdrawn = row.WhenWithdrawn,
            QualityMin = Number(row.QualityMin),
        };

    private static string? Text(decimal? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
