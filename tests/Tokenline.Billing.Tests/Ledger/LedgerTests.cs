using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tokenline.Billing.Ledger;

namespace Tokenline.Billing.Tests.Ledger;

public sealed class LedgerTests
{
    private static readonly BillingPeriod november = BillingPeriod.Of(2026, 11);

    [Fact]
    public void A_transfer_that_does_not_add_up_is_not_made()
    {
        Assert.Throws<InvalidOperationException>(() => Transfer(5, -4));
        Assert.Throws<InvalidOperationException>(() => Transfer(5));
        Assert.Throws<InvalidOperationException>(() =>
            new Transfer(
                "two currencies",
                default,
                november,
                "",
                [new(LedgerAccountKind.Bank, Currency.Cny, 5), new(LedgerAccountKind.Tax, new Currency("USD"), -5)]
            )
        );
        Assert.Equal(2, Transfer(5, -5).Postings.Count);
    }

    [Fact]
    public void Every_account_has_a_name_that_leads_back_to_it()
    {
        foreach (var kind in Enum.GetValues<LedgerAccountKind>())
        {
            Assert.Equal(new LedgerAccount(kind), LedgerAccount.Parse(new LedgerAccount(kind).ToString()));
            Assert.Equal(new LedgerAccount(kind, "a:b"), LedgerAccount.Parse(new LedgerAccount(kind, "a:b").ToString()));
            Assert.NotEmpty(LedgerExport.Class(kind));
        }
        Assert.Throws<FormatException>(() => LedgerAccount.Parse("petty_cash"));
    }

    /// <summary>The program of others reads our books, finds that every transaction balances, and comes to the balances that we have.</summary>
    [Fact]
    public async Task Hledger_balances_our_books()
    {
        NeedHledger();
        var story = new MonthStory();
        await story.GoOnAsync(
            """
            terms zhipu share 70 platform 20 fixed 3
            terms openai wholesale platform 10
            channel shop share 5 from 2026-11
            11-01 sale plan 10.60 tax 6 to 12-01 channel shop
            11-01 grant plan/quota 7 general-token product plan to 12-01
            11-02 call c1 glm-5 zhipu 3 plan/quota
            11-05 grant payg 100 CNY to 12-01 as Postpaid by bob
            11-06 call c2 gpt-5 openai 1.23456789 payg by bob cost 0.123456789 USD
            close 2026-11
            settle 2026-11 rate USD 7.1234
            confirm 2026-11/vendor/zhipu/CNY
            payout 2026-11/vendor/zhipu/CNY at 12-05
            """
        );
        var file = Path.GetTempFileName();
        var export = new StringBuilder();
        await foreach (var page in new LedgerExport(story.Store, MonthStory.Calendar).WriteAsync(null, default))
            export.Append(page);
        await File.WriteAllTextAsync(file, export.ToString());

        Run(file, "check");
        var theirs = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var account in Json(Run(file, "balance", "--flat", "--empty", "-O", "json"))[0].EnumerateArray())
        {
            foreach (var amount in account[3].EnumerateArray())
            {
                var quantity = amount.GetProperty("aquantity");
                var exact = quantity.GetProperty("decimalMantissa").GetDecimal();
                for (var i = quantity.GetProperty("decimalPlaces").GetInt32(); i > 0; i--)
                    exact /= 10;
                if (exact != 0)
                    theirs.Add($"{account[0].GetString()} {exact:0.#########} {amount.GetProperty("acommodity").GetString()}");
            }
        }
        var ours = (await story.Store.BalancesAsync(default))
            .Where(balance => balance.Nano != 0)
            .Select(balance =>
                $"{LedgerExport.Class(balance.Account.Kind)}:{balance.Account} {(decimal)balance.Nano / Money.NanoPerUnit:0.#########} {balance.Currency}"
            );
        Assert.Equal(ours.Order(StringComparer.Ordinal), theirs);
        File.Delete(file);
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private static string Run(string file, params string[] arguments)
    {
        var (code, output, said) = Start("hledger", ["-f", file, .. arguments]);
        Assert.True(code == 0, $"hledger {string.Join(' ', arguments)}: {said}");
        return output;
    }

    /// <summary>Where it is missing and may not be installed the test is skipped; CI may.</summary>
    private static void NeedHledger()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the solution's root is above the tests");
        var (code, _, said) = Start("bash", [Path.Combine(folder.FullName, "tests", "hledger.sh")]);
        Assert.SkipWhen(code != 0 && Environment.GetEnvironmentVariable("CI") is null, said);
        Assert.True(code == 0, said);
    }

    private static (int Code, string Output, string Said) Start(string program, string[] arguments)
    {
        using var process =
            Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    UseShellExecute = false,
                    Environment = { ["LC_ALL"] = "C.UTF-8" },
                }
            ) ?? throw new InvalidOperationException($"{program} does not start");
        var said = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, said.GetAwaiter().GetResult());
    }

    private static Transfer Transfer(params long[] amounts) =>
        new("t", default, november, "", [.. amounts.Select(nano => new Posting(LedgerAccountKind.Bank, Currency.Cny, nano))]);
}
