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
                    Tell(receipt);
                else
                    TellUnbilled(receipt);
                return 0;
            }
        );
        return command;
    }

    private static void Tell(JsonElement receipt)
    {
        var currency = Text(receipt.GetProperty("retail"), "currency");
        Console.WriteLine(
            $"{Text(receipt, "charge")}  {Text(receipt, "model")}, {Text(receipt, "startedAt")}, tariff {Text(receipt, "tariffVersion")}, tier {Text(receipt, "tier")}"
        );
        Console.WriteLine($"figures: {Text(receipt, "basis")}, ended: {Text(receipt, "ending")}");
        Console.WriteLine();
        TellLines(receipt, currency);
        Console.WriteLine();
        Console.WriteLine($"worth {Text(receipt.GetProperty("retail"), "amount")} {currency}");
        foreach (var payment in receipt.GetProperty("payments").EnumerateArray())
            Console.WriteLine(
                $"paid by {Text(payment, "name")}: {Text(payment, "amount")} {Text(payment, "unit")} ({Text(payment.GetProperty("worth"), "amount")} {currency} of it)"
            );
        if (Text(receipt.GetProperty("uncollected"), "amount") is not "0" and var lost)
            Console.WriteLine($"uncollected: {lost} {currency}");
        foreach (var refund in receipt.GetProperty("refunds").EnumerateArray())
            Console.WriteLine(
                $"given back {Text(refund, "at")}: {Text(refund, "part")} of it, {Text(refund.GetProperty("retail"), "amount")} {currency} ({Text(refund, "reason")})"
            );
    }

    /// <summary>Nothing was charged, or not yet.</summary>
    private static void TellUnbilled(JsonElement charge)
    {
        Console.WriteLine($"{Text(charge, "charge")}  {Text(charge, "model")}, {Text(charge, "startedAt")}");
        if (Text(charge, "state") == "running")
        {
            Console.WriteLine("still running: it is charged when it ends");
            return;
        }
        Console.WriteLine($"released at {Text(charge, "endedAt")}, nothing was charged: {Text(charge, "reason")}");
        foreach (var attempt in charge.GetProperty("attempts").EnumerateArray())
            Console.WriteLine($"  asked {Text(attempt, "vendor")} at {Text(attempt, "at")}: {Text(attempt, "outcome")}");
    }

    /// <summary>Meter by meter, as receipts and ratings show it.</summary>
    internal static void TellLines(JsonElement receipt, string currency)
    {
        Console.WriteLine($"{"meter", -16}{"quantity", 12}  {$"{currency} per million", -18}{currency, -14}weights");
        foreach (var line in receipt.GetProperty("lines").EnumerateArray())
        {
            var weights = line.GetProperty("weights")
                .EnumerateArray()
                .Select(w => $"× {Text(w, "weight")} = {Text(w, "amount")} {Text(w, "unit")}");
            Console.WriteLine(
                $"{Text(line, "meter"), -16}{Text(line, "quantity"), 12}  {Text(line.GetProperty("price"), "amount"), -18}{Text(line, "money"), -14}{string.Join("; ", weights)}"
            );
        }
    }

    internal static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.ToString() : "";
}
