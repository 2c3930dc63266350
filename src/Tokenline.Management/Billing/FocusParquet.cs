using Parquet;
using Parquet.Schema;
using Tokenline.Billing.Export;

namespace Tokenline.Management.Billing;

/// <summary>The rows of <see cref="Focus"/> as Parquet: a row group for each page of bills, so that a month of an operator is written in bounded memory.</summary>
internal static class FocusParquet
{
    /// <summary>Exact to the nano.</summary>
    private const int Precision = 38;
    private const int Scale = 9;

    public static async Task WriteAsync(IAsyncEnumerable<IReadOnlyList<FocusRow>> pages, Stream target, CancellationToken cancellation)
    {
        var fields = Focus.Columns.Select(FieldOf).ToArray();
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), target, cancellationToken: cancellation);
        await foreach (var rows in pages.WithCancellation(cancellation))
        {
            using var group = writer.CreateRowGroup();
            for (var i = 0; i < fields.Length; i++)
                await WriteAsync(group, fields[i], Focus.Columns[i], rows);
        }
    }

    private static DataField FieldOf(FocusColumn column) =>
        column.Type switch
        {
            FocusType.Number => new DecimalDataField(column.Name, Precision, Scale, isNullable: true),
            FocusType.Instant => new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isNullable: true),
            _ => new DataField<string>(column.Name),
        };

    private static async Task WriteAsync(ParquetRowGroupWriter group, DataField field, FocusColumn column, IReadOnlyList<FocusRow> rows)
    {
        switch (column.Type)
        {
            case FocusType.Number:
                await group.WriteAsync<decimal>(field, rows.Select(row => (decimal?)column.Value(row)).ToArray());
                break;
            case FocusType.Instant:
                await group.WriteAsync<DateTime>(
                    field,
                    rows.Select(row => column.Value(row) is DateTimeOffset at ? at.UtcDateTime : (DateTime?)null).ToArray()
                );
                break;
            default:
                await group.WriteAsync(field, rows.Select(row => (string?)column.Value(row)).ToArray()!);
                break;
        }
    }
}
