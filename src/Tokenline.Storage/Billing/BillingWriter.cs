using System.Data.Common;
using Tokenline.Billing;
using Tokenline.Billing.Ledger;

namespace Tokenline.Storage.Billing;

/// <summary>
/// Writes one change inside a transaction. By hand, as the journal is: a change has up to a hundred thousand rows that are added to what is there,
/// which a change tracker would first have to read. Every statement is one that both databases take.
/// </summary>
internal sealed class BillingWriter(DbConnection connection, DbTransaction transaction, string prefix, CancellationToken cancellation)
{
    private const string ClosedMark = "closed";
    private const int RowsAtOnce = 500;

    public async Task WriteAsync(BillingChange change)
    {
        foreach (var mark in change.Marks)
            await MoveAsync(mark);
        if (change.Closes is { } period)
            await CloseAsync(period);
        await DocumentsAsync(change.Documents);
        await TransfersAsync(change.Transfers);
        await AddAsync(
            "usage_sum",
            ["Payer", "Period", "Bucket", "Model", "Vendor", "Deployment", "Key", "Allotment", "Currency"],
            ["Calls", "Input", "Output", "Amount", "WorthNano", "UncollectedNano", "FreeNano"],
            change.Usage.Select(sum =>
                new object[]
                {
                    sum.Of.Payer.Value,
                    sum.Of.Period.Number,
                    sum.Of.Bucket.Value,
                    sum.Of.Model,
                    sum.Of.Vendor,
                    sum.Of.Deployment,
                    sum.Of.Key.Value,
                    sum.Of.Allotment.Value,
                    sum.Of.Currency.Code,
                    sum.Totals.Calls,
                    sum.Totals.Input,
                    sum.Totals.Output,
                    sum.Totals.Amount,
                    sum.Totals.WorthNano,
                    sum.Totals.UncollectedNano,
                    sum.Totals.FreeNano,
                }
            )
        );
        await AddAsync(
            "volume_sum",
            ["Payer", "Month", "Period", "Group", "Bucket", "Model", "Vendor", "TariffVersion", "UpTo"],
            ["Count", "ChargedNano", "DueNano"],
            change.Volumes.Select(sum =>
                new object[]
                {
                    sum.Of.Payer.Value,
                    sum.Of.Month.Number,
                    sum.Of.Period.Number,
                    sum.Of.Group,
                    sum.Of.Bucket.Value,
                    sum.Of.Model,
                    sum.Of.Vendor,
                    sum.Of.TariffVersion,
                    sum.Of.UpTo,
                    sum.Count,
                    sum.ChargedNano,
                    sum.DueNano,
                }
            )
        );
        await AddAsync(
            "vendor_usage",
            ["Vendor", "Day", "Model", "Deployment", "Meter", "IsAttempt"],
            ["Quantity"],
            change.Vendors.Select(sum =>
                new object[]
                {
                    sum.Of.Vendor,
                    sum.Of.Day.DayNumber,
                    sum.Of.Model,
                    sum.Of.Deployment,
                    sum.Of.Meter,
                    sum.Of.IsAttempt,
                    sum.Quantity,
                }
            )
        );
        await KeepAsync(
            "vendor_attempt",
            ["Vendor", "Day", "Model", "Charge", "Number", "Body"],
            change.Attempts.Select(attempt =>
                new object[]
                {
                    attempt.Vendor,
                    attempt.Day.DayNumber,
                    attempt.Model,
                    attempt.Charge.Value,
                    attempt.Number,
                    BillingJson.Write(attempt),
                }
            ),
            keys: 5
        );
        await AddAsync(
            "vendor_cost",
            ["Period", "Vendor", "Day", "Model", "ContractVersion", "Currency"],
            ["Calls", "Nano"],
            change.Costs.Select(cost =>
                new object[]
                {
                    cost.Of.Period.Number,
                    cost.Of.Vendor,
                    cost.Of.Day.DayNumber,
                    cost.Of.Model,
                    cost.Of.ContractVersion,
                    cost.Of.Currency.Code,
                    cost.Calls,
                    cost.Nano,
                }
            )
        );
        await AddAsync(
            "settlement_base",
            ["Period", "Vendor", "Model", "Channel", "Currency"],
            ["Nano"],
            change.Base.Select(line =>
                new object[] { line.Of.Period.Number, line.Of.Vendor, line.Of.Model, line.Of.Channel, line.Of.Currency.Code, line.Nano }
            )
        );
        await KeepAsync(
            "bucket",
            ["Payer", "Id", "Period", "Body"],
            change.Buckets.Select(bucket =>
                new object[] { bucket.Payer.Value, bucket.Id.Value, bucket.Period.Number, BillingJson.Write(bucket) }
            ),
            keys: 2
        );
        await AddAsync(
            "bucket_move",
            ["Payer", "Bucket", "Period"],
            ["Added", "Taken"],
            change.Moves.Select(move =>
                new object[] { move.Of.Bucket.Payer.Value, move.Of.Bucket.Bucket.Value, move.Of.Period.Number, move.Added, move.Taken }
            )
        );
        await KeepAsync(
            "leased_account",
            ["Lessee", "Lessor"],
            change.Leases.Select(lease => new object[] { lease.Lessee.Value, lease.Lessor.Value })
        );
        await KeepAsync(
            "sale",
            ["Id", "Account", "Period", "Body"],
            change.Sales.Select(sale => new object[] { sale.Id, sale.Account.Value, sale.Period.Number, BillingJson.Write(sale) })
        );
        await EarnedAsync(change);
        await KeepAsync(
            "billed_account",
            ["Id"],
            change
                .Usage.Select(sum => sum.Of.Payer)
                .Concat(change.Buckets.Select(bucket => bucket.Payer))
                .Concat(change.Sales.Select(sale => sale.Account))
                .Distinct()
                .Select(account => new object[] { account.Value })
        );
    }

    private async Task MoveAsync(MarkMove mark)
    {
        var moved = await RowsAsync(
            $"UPDATE {prefix}mark SET \"Value\" = @p0 WHERE \"Name\" = @p1 AND \"Value\" = @p2",
            [
                [mark.To, mark.Name, mark.From],
            ]
        );
        if (moved == 0 && mark.From == 0)
            moved = await RowsAsync(
                $"INSERT INTO {prefix}mark (\"Name\", \"Value\") VALUES (@p0, @p1) ON CONFLICT (\"Name\") DO NOTHING",
                [
                    [mark.Name, mark.To],
                ]
            );
        if (moved == 0)
            throw new BillingConflictException($"'{mark.Name}' is not at {mark.From} any more: somebody else has moved it.");
    }

    private async Task CloseAsync(BillingPeriod period)
    {
        if (await OneAsync($"SELECT \"Value\" FROM {prefix}mark WHERE \"Name\" = @p0", ClosedMark) is long last)
        {
            if (last != period.Previous.Number)
                throw new BillingConflictException($"{period} does not follow {new BillingPeriod((int)last)}, which is closed.");
            await MoveAsync(new MarkMove(ClosedMark, last, period.Number));
            return;
        }
        await MoveAsync(new MarkMove(ClosedMark, 0, period.Number));
    }

    private async Task DocumentsAsync(IReadOnlyList<DocumentChange> documents)
    {
        foreach (var document in documents)
        {
            object period = document.Period is { } of ? of.Number : DBNull.Value;
            var written =
                document.Known == 0
                    ? await RowsAsync(
                        $"INSERT INTO {prefix}document (\"Kind\", \"Id\", \"Group\", \"Period\", \"Version\", \"Body\") VALUES (@p0, @p1, @p2, @p3, 1, @p4) ON CONFLICT (\"Kind\", \"Id\") DO NOTHING",
                        [
                            [(int)document.Kind, document.Id, document.Group, period, document.Body],
                        ]
                    )
                    : await RowsAsync(
                        $"UPDATE {prefix}document SET \"Version\" = \"Version\" + 1, \"Body\" = @p0, \"Group\" = @p4 WHERE \"Kind\" = @p1 AND \"Id\" = @p2 AND \"Version\" = @p3",
                        [
                            [document.Body, (int)document.Kind, document.Id, document.Known, document.Group],
                        ]
                    );
            if (written == 0)
                throw new BillingConflictException($"{document.Kind} {document.Id} has changed meanwhile.");
        }
    }

    private async Task TransfersAsync(IReadOnlyList<Transfer> transfers)
    {
        var balances = new Dictionary<(string Account, string Currency), Int128>();
        var insert =
            $"INSERT INTO {prefix}transfer (\"Id\", \"Period\", \"Content\", \"Body\") VALUES (@p0, @p1, @p2, @p3) ON CONFLICT (\"Id\") DO NOTHING";
        await using var command = Command(insert);
        foreach (var transfer in transfers)
        {
            var content = transfer.Content();
            if (await RowAsync(command, [transfer.Id, transfer.Period.Number, content, TransferBody.Write(transfer)]) == 0)
            {
                if (
                    await OneAsync($"SELECT \"Content\" FROM {prefix}transfer WHERE \"Id\" = @p0", transfer.Id) is not long known
                    || known != content
                )
                    throw new BillingConflictException($"Transfer {transfer.Id} is posted, with other content.");
                continue;
            }
            foreach (var posting in transfer.Postings)
            {
                var key = (posting.Account.ToString(), posting.Currency.Code);
                balances[key] = balances.GetValueOrDefault(key) + posting.Nano;
            }
        }
        await AddAsync(
            "balance",
            ["Account", "Currency"],
            ["Units", "Nano"],
            balances.Select(balance =>
            {
                var (units, nano) = Int128.DivRem(balance.Value, Money.NanoPerUnit);
                return new object[] { balance.Key.Account, balance.Key.Currency, (long)units, (long)nano };
            })
        );
    }

    private Task<long> EarnedAsync(BillingChange change) =>
        RowsAsync(
            $"INSERT INTO {prefix}earned (\"Sale\", \"Unit\", \"Account\", \"Used\", \"EarnedNano\", \"BrokenNano\") VALUES (@p0, @p1, @p2, @p3, @p4, @p5) "
                + "ON CONFLICT (\"Sale\", \"Unit\") DO UPDATE SET \"Used\" = excluded.\"Used\", \"EarnedNano\" = excluded.\"EarnedNano\", \"BrokenNano\" = excluded.\"BrokenNano\"",
            change.Earned.Select(part =>
                new object[] { part.Sale, part.Unit, part.Account.Value, part.Used, part.EarnedNano, part.BrokenNano }
            )
        );

    /// <summary>Adds to the row of the same key, or puts it there.</summary>
    private Task<long> AddAsync(string table, string[] keys, string[] sums, IEnumerable<object[]> rows)
    {
        string[] columns = [.. keys, .. sums];
        return RowsAsync(
            $"INSERT INTO {prefix}{table} AS old ({Names(columns)}) VALUES ({Values(columns.Length)}) ON CONFLICT ({Names(keys)}) DO UPDATE SET "
                + string.Join(", ", sums.Select(sum => $"\"{sum}\" = old.\"{sum}\" + excluded.\"{sum}\"")),
            rows
        );
    }

    /// <summary>Puts it there, unless it is.</summary>
    /// <param name="keys">So many of the columns, from the first on, are the key.</param>
    private Task<long> KeepAsync(string table, string[] columns, IEnumerable<object[]> rows, int keys = 1) =>
        RowsAsync(
            $"INSERT INTO {prefix}{table} ({Names(columns)}) VALUES ({Values(columns.Length)}) ON CONFLICT ({Names(columns[..keys])}) DO NOTHING",
            rows
        );

    private static string Names(string[] columns) => string.Join(", ", columns.Select(column => $"\"{column}\""));

    private static string Values(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"@p{i}"));

    private async Task<long> RowsAsync(string sql, IEnumerable<object[]> rows)
    {
        if (connection.CanCreateBatch)
            return await BatchesAsync(sql, rows);
        var changed = 0L;
        await using var command = Command(sql);
        foreach (var row in rows)
            changed += await RowAsync(command, row);
        return changed;
    }

    /// <summary>A server is asked once for many rows; a file has nobody to wait for.</summary>
    private async Task<long> BatchesAsync(string sql, IEnumerable<object[]> rows)
    {
        var changed = 0L;
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            await using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var row in some)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql;
                for (var i = 0; i < row.Length; i++)
                {
                    var parameter = command.CreateParameter();
                    (parameter.ParameterName, parameter.Value) = ($"p{i}", row[i]);
                    command.Parameters.Add(parameter);
                }
                batch.BatchCommands.Add(command);
            }
            changed += await batch.ExecuteNonQueryAsync(cancellation);
        }
        return changed;
    }

    private DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command;
    }

    private async Task<int> RowAsync(DbCommand command, object[] row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            if (command.Parameters.Count == i)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = $"p{i}";
                command.Parameters.Add(parameter);
            }
            command.Parameters[i].Value = row[i];
        }
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<object?> OneAsync(string sql, object parameter)
    {
        await using var command = Command(sql);
        var only = command.CreateParameter();
        (only.ParameterName, only.Value) = ("p0", parameter);
        command.Parameters.Add(only);
        return await command.ExecuteScalarAsync(cancellation);
    }
}
