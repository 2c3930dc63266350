using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Simulators.Carrier;
using Tokenline.Units;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierProperties
{
    private const long Unit = Money.NanoPerUnit;
    private static readonly string[] numbers =
    [
        "+8613800001234",
        "+8613800009903",
        "+8613800009904",
        "+8613800009908",
        "+8613800009911",
        "+8613800009914",
    ];

    private enum Act
    {
        Pay,
        Prepare,
        Confirm,
        Cancel,
        Refund,
        RefundAll,
        Wait,
    }

    private static readonly Gen<(Act Act, int Which, int Number, int Amount)[]> lives = Gen.Select(
        Gen.Enum<Act>(),
        Gen.Int[0, 7],
        Gen.Int[0, numbers.Length - 1],
        Gen.Int[1, 300]
    ).Array[1, 40];

    [Fact]
    public void Whatever_is_asked_no_number_pays_above_its_limit_nothing_is_given_back_twice_and_the_file_says_the_same() =>
        lives.Sample(
            life =>
            {
                var folder = Directory.CreateTempSubdirectory("carrier");
                try
                {
                    var time = new FakeTimeProvider(new DateTimeOffset(2026, 9, 1, 2, 0, 0, TimeSpan.Zero));
                    var options = new CarrierSimulatorOptions { Time = time, Folder = folder.FullName };
                    IReadOnlyList<CarrierEntry> entries;
                    using (var carrier = new CarrierSimulator(options))
                    {
                        foreach (var (act, which, number, amount) in life)
                        {
                            Do(carrier, time, act, $"c{which}", numbers[number], amount);
                            Assert.Null(WhatIsWrong(carrier.Entries));
                        }
                        entries = carrier.Entries;
                    }
                    using var again = new CarrierSimulator(options);
                    Assert.Equal(entries.Select(Text), again.Entries.Select(Text));
                }
                finally
                {
                    folder.Delete(recursive: true);
                }
            },
            iter: 60
        );

    private static void Do(CarrierSimulator carrier, FakeTimeProvider time, Act act, string correlator, string number, int amount)
    {
        var payment = carrier.Entries.FirstOrDefault(entry => !entry.IsRefund && entry.ClientCorrelator == correlator);
        switch (act)
        {
            case Act.Pay or Act.Prepare:
                carrier.Pay(Entry(correlator, number, amount, carrier.Now) with { TwoSteps = act == Act.Prepare });
                break;
            case Act.Confirm when payment is not null:
                carrier.Confirm(payment.Id, payment.PhoneNumber);
                break;
            case Act.Cancel when payment is not null:
                carrier.Cancel(payment.Id, payment.PhoneNumber);
                break;
            case Act.Refund or Act.RefundAll when payment is not null:
                var refund = Entry($"r{amount}", payment.PhoneNumber, amount, carrier.Now) with
                {
                    PaymentId = payment.Id,
                    Currency = payment.Currency,
                    Total = act == Act.RefundAll,
                };
                carrier.Refund(refund, new CarrierRefundDetails(payment.IsTaxIncluded, []));
                break;
            case Act.Wait:
                time.Advance(TimeSpan.FromSeconds(amount * 5));
                break;
        }
    }

    private static string? WhatIsWrong(IReadOnlyList<CarrierEntry> entries)
    {
        foreach (var payment in entries.Where(entry => !entry.IsRefund))
        {
            var refunds = entries.Where(entry => entry.PaymentId == payment.Id && entry.Status.Counts()).ToList();
            if (refunds.Sum(refund => refund.AmountNano) > payment.AmountNano)
                return $"{payment.Id} was given back more than once";
            if (refunds.Count > 0 && payment.Status != CarrierStatus.Succeeded)
                return $"{payment.Id} was given back and is {payment.Status}";
            if ((payment.Status == CarrierStatus.Succeeded) != (payment.PaidAt is not null))
                return $"{payment.Id} is {payment.Status} and was paid at {payment.PaidAt}";
        }
        // Twice the limit where the simulator charges twice what was asked.
        var over = entries
            .Where(entry => !entry.IsRefund && entry.Status.Counts() && entry.AskedNano is null)
            .GroupBy(entry => entry.PhoneNumber)
            .FirstOrDefault(paid =>
                paid.Sum(payment =>
                    payment.AmountNano
                    - entries
                        .Where(entry => entry.PaymentId == payment.Id && entry.Status == CarrierStatus.Succeeded)
                        .Sum(refund => refund.AmountNano)
                )
                > 500 * Unit
            );
        return over is null ? null : $"{over.Key} is above its limit";
    }

    private static CarrierEntry Entry(string correlator, string number, int amount, DateTimeOffset now) =>
        new()
        {
            Id = $"id-{Guid.NewGuid():n}",
            PhoneNumber = number,
            ClientCorrelator = correlator,
            ReferenceCode = correlator,
            AmountNano = amount * Unit,
            Currency = "CNY",
            Description = "",
            BookedAt = now,
        };

    private static string Text(CarrierEntry entry) =>
        $"{entry.Id} {entry.PaymentId} {entry.PhoneNumber} {entry.AmountNano} {entry.Status} {entry.PaidAt:O} {entry.ChangesAt:O}";
}
