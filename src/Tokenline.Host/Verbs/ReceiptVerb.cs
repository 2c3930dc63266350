using System.CommandLine;
using System.Text.Json;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline receipt</c>: a charge explained, meter by meter, and which bucket paid.</summary>
internal static class ReceiptVerb
{
    public static Command Command()
    {
        var charge = ApiVerbs.Id("charge", "The charge id, as the header x-tokenline-charge-id gives it.");
        var command = new Command("receipt", "Explain a charge: meter by meter, and which bucket paid.") { charge };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var receipt = await management.GetAsync($"charges/{ApiVerbs.Escape(parsed.GetValue(charge))}/receipt", cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(receipt, asJson: true);
                else if (Text(receipt, "state") == "settled")
                    Tell(receipt).ForEach(Terminal.Current.Out.WriteLine);
                else
                    TellUnbilled(receipt);
                return 0;
            }
        );
        return command;
    }

    internal static List<string> Tell(JsonElement receipt)
    {
        var currency = Text(receipt.GetProperty("retail"), "currency");
        List<string> lines =
        [
            $"{Text(receipt, "charge")}  {Text(receipt, "model")}, {Instants.Shown(Text(receipt, "startedAt"))}, tariff {Text(receipt, "tariffVersion")}",
            $"{Basis(Text(receipt, "basis"))}; {Ending(Text(receipt, "ending"))}",
        ];
        TellPrices(lines, receipt, "whole ");
        lines.Add("");
        foreach (var payment in receipt.GetProperty("payments").EnumerateArray())
            lines.Add(
                $"paid by {Text(payment, "name")}: {Text(payment, "amount")} {Text(payment, "unit")} ({Text(payment.GetProperty("worth"), "amount")} {currency} of it)"
            );
        foreach (var (name, words) in new[] { ("free", "free"), ("uncollected", "uncollected") })
        {
            if (Text(receipt.GetProperty(name), "amount") is not "0" and var amount)
                lines.Add($"{words}: {amount} {currency}");
        }
        foreach (var refund in receipt.GetProperty("refunds").EnumerateArray())
            lines.Add(
                $"given back {Instants.Shown(Text(refund, "at"))}: {Text(refund, "part")} of it, {Text(refund.GetProperty("retail"), "amount")} {currency} ({Text(refund, "reason")})"
            );
        TellWholesale(lines, receipt);
        return lines;
    }

    /// <summary>Nothing was charged, or not yet.</summary>
    private static void TellUnbilled(JsonElement charge)
    {
        Terminal.Current.Out.WriteLine($"{Text(charge, "charge")}  {Text(charge, "model")}, {Instants.Shown(Text(charge, "startedAt"))}");
        if (Text(charge, "state") == "running")
        {
            Terminal.Current.Out.WriteLine("still running: it is charged when it ends");
            return;
        }
        Terminal.Current.Out.WriteLine(
            $"released {Instants.Shown(Text(charge, "endedAt"))}, nothing was charged: {Text(charge, "reason")}"
        );
        foreach (var attempt in charge.GetProperty("attempts").EnumerateArray())
            Terminal.Current.Out.WriteLine(
                $"  asked {Text(attempt, "vendor")} at {Instants.Shown(Text(attempt, "at"))}: {Text(attempt, "outcome")}"
            );
    }

    /// <summary>The price in money and in each quota unit, rule by rule, as receipts and ratings show it.</summary>
    /// <param name="quota">What to say before an amount of quota.</param>
    internal static void TellPrices(List<string> lines, JsonElement rated, string quota)
    {
        var retail = rated.GetProperty("retail");
        lines.AddRange(["", .. CardText.Of(rated.GetProperty("price"), Text(retail, "currency"))]);
        lines.Add($"worth {Text(retail, "amount")} {Text(retail, "currency")}");
        foreach (var unit in rated.GetProperty("quotas").EnumerateArray())
        {
            lines.AddRange(["", .. CardText.Of(unit.GetProperty("card"), Text(unit, "unit"))]);
            lines.Add($"{quota}{Text(unit, "amount")} {Text(unit, "unit")}");
        }
    }

    /// <summary>What the vendor is owed, where a contract says so.</summary>
    internal static void TellWholesale(List<string> lines, JsonElement rated)
    {
        if (!rated.TryGetProperty("wholesale", out var wholesale))
            return;
        var cost = wholesale.GetProperty("cost");
        lines.AddRange(["", $"wholesale: contract {Text(wholesale, "contractVersion")} with {Text(wholesale, "vendor")}"]);
        lines.AddRange(CardText.Of(wholesale.GetProperty("price"), Text(cost, "currency")));
        lines.Add($"owed  {Text(cost, "amount")} {Text(cost, "currency")}");
    }

    private static string Basis(string basis) =>
        basis switch
        {
            "Vendor" => "the vendor's own figures",
            "Estimated" => "counted here: the vendor's figures did not come",
            "Recovered" => "counted up to the last durable checkpoint before the server died",
            _ => basis,
        };

    private static string Ending(string ending) =>
        ending switch
        {
            "Completed" => "the answer came whole",
            "ClientGone" => "the client had gone",
            "QuotaEnded" => "it ended where the quota did",
            "VendorCut" => "the vendor broke off",
            "VendorError" => "the vendor failed midway",
            "Recovered" => "resolved by the recovery rule",
            "ServerEnded" => "the server was asked to end",
            _ => ending,
        };

    internal static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.ToString() : "";
}
