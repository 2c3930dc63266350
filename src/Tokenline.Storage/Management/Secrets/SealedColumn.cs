using System.Globalization;
using System.Linq.Expressions;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Tokenline.Storage.Management.Secrets;

/// <param name="Unreadable">What no key here opens, by name; the first few.</param>
internal sealed record Resealed(int Count, IReadOnlyList<string> Unreadable);

/// <summary>A column of management data that holds what is sealed.</summary>
internal interface ISealedColumn
{
    /// <summary>How many there are by what they begin with: the key that they are sealed under.</summary>
    Task<IReadOnlyDictionary<byte[], long>> CountAsync(ManagementDb db, CancellationToken cancellation);

    /// <summary>Seals up to so many anew that are not sealed under the key which seals now, each by itself. One that somebody has changed meanwhile is left as it was written.</summary>
    Task<Resealed> ResealAsync(ManagementDb db, SecretSeal seal, int limit, CancellationToken cancellation);
}

/// <param name="Box">The sealed bytes of a row.</param>
/// <param name="Owner">What they are bound to.</param>
internal sealed class SealedColumn<TRow>(Expression<Func<TRow, byte[]?>> box, Func<TRow, string> owner) : ISealedColumn
    where TRow : class
{
    /// <summary>Pieces of files are large: so many are in memory at once.</summary>
    private const int PageRows = 20;
    private const int UnreadableMax = 5;

    private readonly Func<TRow, byte[]?> read = box.Compile();
    private readonly string property = ((MemberExpression)box.Body).Member.Name;

    public override string ToString() => $"{typeof(TRow).Name}.{property}";

    public async Task<IReadOnlyDictionary<byte[], long>> CountAsync(ManagementDb db, CancellationToken cancellation)
    {
        var names = Names(db);
        var counts = new Dictionary<byte[], long>(PrefixComparer.Instance);
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT CASE WHEN substr({names.Box}, 1, 1) = @first THEN @first ELSE substr({names.Box}, 1, {1 + SecretKey.NumberBytes}) END AS prefix, count(*) FROM {names.Table} WHERE {names.Box} IS NOT NULL GROUP BY 1"
        );
        var first = command.CreateParameter();
        (first.ParameterName, first.Value) = ("@first", new[] { SecretKey.Unnumbered });
        command.Parameters.Add(first);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            counts.Add((byte[])reader.GetValue(0), reader.GetInt64(1));
        return counts;
    }

    public async Task<Resealed> ResealAsync(ManagementDb db, SecretSeal seal, int limit, CancellationToken cancellation)
    {
        var names = Names(db);
        var prefix = seal.Sealing!.Prefix;
        var (count, unreadable) = (0, new List<string>());
        object[] after = [];
        while (count < limit)
        {
            var rows = await PageAsync(db, names, prefix, after, cancellation);
            foreach (var row in rows)
            {
                after = KeyOf(names, row);
                var sealedBefore = read(row)!;
                byte[] again;
                try
                {
                    again = seal.Seal(seal.UnsealBytes(sealedBefore, owner(row)), owner(row));
                }
                catch (Exception e) when (e is CryptographicException or InvalidOperationException)
                {
                    if (unreadable.Count < UnreadableMax)
                        unreadable.Add(owner(row));
                    continue;
                }
                count += await PutAsync(db, names, after, sealedBefore, again, cancellation);
            }
            if (rows.Count < PageRows)
                break;
        }
        return new(count, unreadable);
    }

    private async Task<List<TRow>> PageAsync(
        ManagementDb db,
        ColumnNames names,
        byte[] prefix,
        object[] after,
        CancellationToken cancellation
    )
    {
        var keys = string.Join(", ", names.Key.Select(key => key.Column));
        var beyond = after.Length == 0 ? "" : $"AND ({keys}) > ({string.Join(", ", after.Select((_, i) => $"{{{i + 1}}}"))})";
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT * FROM {names.Table} WHERE {names.Box} IS NOT NULL AND substr({names.Box}, 1, {prefix.Length}) <> {{0}} {beyond} ORDER BY {keys} LIMIT {PageRows}"
        );
        return await db.Set<TRow>().FromSqlRaw(sql, [prefix, .. after]).AsNoTracking().ToListAsync(cancellation);
    }

    private static Task<int> PutAsync(
        ManagementDb db,
        ColumnNames names,
        object[] key,
        byte[] before,
        byte[] after,
        CancellationToken cancellation
    )
    {
        var isThis = string.Join(" AND ", names.Key.Select((part, i) => $"{part.Column} = {{{i + 2}}}"));
        var sql = $"UPDATE {names.Table} SET {names.Box} = {{0}} WHERE {names.Box} = {{1}} AND {isThis}";
        return db.Database.ExecuteSqlRawAsync(sql, [after, before, .. key], cancellation);
    }

    private static object[] KeyOf(ColumnNames names, TRow row) =>
        [
            .. names.Key.Select(part =>
                part.Property.GetTypeMapping().Converter is { } converter
                    ? converter.ConvertToProvider(part.Property.PropertyInfo!.GetValue(row))!
                    : part.Property.PropertyInfo!.GetValue(row)!
            ),
        ];

    private ColumnNames Names(ManagementDb db)
    {
        var entity = db.Model.FindEntityType(typeof(TRow))!;
        var sql = db.GetService<ISqlGenerationHelper>();
        return new(
            sql.DelimitIdentifier(entity.GetTableName()!, entity.GetSchema()),
            sql.DelimitIdentifier(entity.FindProperty(property)!.GetColumnName()),
            [.. entity.FindPrimaryKey()!.Properties.Select(key => (key, sql.DelimitIdentifier(key.GetColumnName())))]
        );
    }

    private sealed record ColumnNames(string Table, string Box, IReadOnlyList<(IProperty Property, string Column)> Key);
}

internal sealed class PrefixComparer : IEqualityComparer<byte[]>
{
    public static readonly PrefixComparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] prefix)
    {
        var hash = new HashCode();
        hash.AddBytes(prefix);
        return hash.ToHashCode();
    }
}

/// <summary>Everything in the management data that is sealed. Whoever seals something new adds its column here; a test looks for those that are missing.</summary>
internal static class SealedColumns
{
    public static IReadOnlyList<ISealedColumn> All { get; } =
    [
        new SealedColumn<VendorRow>(row => row.SealedApiKey, row => row.Id),
        new SealedColumn<WebhookRow>(row => row.SealedSecret, row => NotificationStore.OwnerOf(row.Id)),
        new SealedColumn<IdentityProviderRow>(row => row.Sealed, row => IdentityProviderStore.OwnerOf(row.PartyId)),
        new SealedColumn<ProtectionKeyRow>(row => row.Sealed, row => ProtectionKeys.OwnerOf(row.Name)),
        new SealedColumn<StoredResponseRow>(row => row.Sealed, row => ResponseStore.OwnerOf(row.AccountId, row.Id)),
        new SealedColumn<FilePieceRow>(row => row.Sealed, row => FileStore.OwnerOf(row.FileId, row.Number)),
        new SealedColumn<BatchLineRow>(row => row.Sealed, row => BatchStore.OwnerOf(row.BatchId, row.Number)),
    ];
}
