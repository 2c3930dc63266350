namespace Tokenline.Billing.Tests.Bills;

/// <summary>Months of customers, to the last digit.</summary>
public sealed class MonthStories
{
    [Fact]
    public Task A_plan_earns_by_use_and_what_is_left_at_its_end_is_breakage() =>
        MonthStory.PlayAsync(
            """
            11-10 sale plan 9.90 to 12-10
            11-10 grant plan/quota 10 general-token product plan to 12-10
            11-12 call c1 glm-5 zhipu 3 plan/quota
            11-20 call c2 qwen3-max alibaba 1 plan/quota
            close 2026-11
            books
              = carrier_clearing 9.9 CNY
              = deferred_revenue -5.94 CNY
              = revenue -3.96 CNY
            bill ann 2026-11
              = purchase plan 9.9
              = included plan/quota glm-5 3
              = included plan/quota qwen3-max 1
            12-02 call c3 glm-5 zhipu 2 plan/quota
            close 2026-12 at 2027-01-01
            books
              = breakage -3.96 CNY
              = carrier_clearing 9.9 CNY
              = revenue -5.94 CNY
            """
        );

    [Fact]
    public Task Thirds_of_a_price_lose_nothing() =>
        MonthStory.PlayAsync(
            """
            11-01 sale plan 0.10 to 2027-02-01
            11-01 grant plan/quota 3 general-token product plan to 2027-02-01
            11-12 call c1 glm-5 zhipu 1 plan/quota
            close 2026-11
            books
              = carrier_clearing 0.1 CNY
              = deferred_revenue -0.066666667 CNY
              = revenue -0.033333333 CNY
            12-12 call c2 glm-5 zhipu 1 plan/quota
            close 2026-12 at 2027-01-01
            books
              = carrier_clearing 0.1 CNY
              = deferred_revenue -0.033333333 CNY
              = revenue -0.066666667 CNY
            2027-01-12 call c3 glm-5 zhipu 1 plan/quota
            close 2027-01
            books
              = carrier_clearing 0.1 CNY
              = revenue -0.1 CNY
            """
        );

    [Fact]
    public Task Tax_is_within_the_price_and_is_not_earned() =>
        MonthStory.PlayAsync(
            """
            11-01 sale plan 10.60 tax 6 to 12-01
            11-01 grant plan/quota 10 general-token product plan to 12-01
            11-12 call c1 glm-5 zhipu 10 plan/quota
            close 2026-11
            books
              = carrier_clearing 10.6 CNY
              = revenue -10 CNY
              = tax -0.6 CNY
            """
        );

    [Fact]
    public Task Two_units_of_one_price_earn_half_of_it_each() =>
        MonthStory.PlayAsync(
            """
            11-01 sale plan 10 to 12-01
            11-01 grant plan/tokens 10 general-token product plan to 12-01
            11-01 grant plan/points 4 point product plan to 12-01
            11-12 call c1 glm-5 zhipu 5 plan/tokens
            11-12 call c2 glm-5 zhipu 4 plan/points
            close 2026-11
            books
              = breakage -2.5 CNY
              = carrier_clearing 10 CNY
              = revenue -7.5 CNY
            """
        );

    [Fact]
    public Task What_is_filled_again_every_day_is_earned_by_time() =>
        MonthStory.PlayAsync(
            """
            11-16 sale plan 30 to 12-16
            11-16 grant plan/16 10 general-token product plan to 11-17 refill
            11-17 grant plan/17 10 general-token product plan to 11-18 refill
            11-17 call c1 glm-5 zhipu 1 plan/17
            close 2026-11
            books
              = carrier_clearing 30 CNY
              = deferred_revenue -15 CNY
              = revenue -15 CNY
            close 2026-12 at 2027-01-01
            books
              = carrier_clearing 30 CNY
              = revenue -30 CNY
            """
        );

    [Fact]
    public Task Money_that_was_paid_in_is_a_wallet_until_it_is_spent() =>
        MonthStory.PlayAsync(
            """
            11-01 sale topup 90 money
            11-01 grant topup/money 100 CNY product topup as Wallet
            11-12 call c1 glm-5 zhipu 10 topup/money
            close 2026-11
            books
              = carrier_clearing 90 CNY
              = revenue -9 CNY
              = wallet -81 CNY
            """
        );

    [Fact]
    public Task Money_of_a_wallet_and_an_invoice_pay_as_the_carrier_does_and_come_back_the_way_they_went() =>
        MonthStory.PlayAsync(
            """
            11-01 topup money 100
            11-01 topup money 50 way Bank
            11-02 payout money 20 way Bank
            11-03 sale plan 30 to 12-01 way Wallet
            11-03 grant plan/quota 10 general-token product plan to 12-01
            11-03 sale pool 500 to 12-01 way Invoice by bob
            11-03 grant pool/quota 10 general-token product pool to 12-01 by bob
            11-04 call c1 glm-5 zhipu 10 plan/quota
            11-05 call c2 glm-5 zhipu 5 pool/quota by bob
            11-06 refund pool 100 by bob
            11-07 returned pool 100 way Invoice by bob
            11-09 paid invoice 300 way Bank by bob
            close 2026-11
            bill ann 2026-11
              = purchase plan 30
              = included plan/quota glm-5 10
            # what is left of the pool's price is 400, and half of it was used
            books
              = bank 330 CNY
              = breakage -200 CNY
              = carrier_clearing 100 CNY
              = receivable:bob 100 CNY
              = revenue -230 CNY
              = wallet -100 CNY
            """
        );

    [Fact]
    public Task The_price_of_a_bundle_is_earned_by_what_it_is_made_of() =>
        MonthStory.PlayAsync(
            """
            11-01 sale bundle 20 to 12-01 parts light,points
            11-01 grant light/quota 10 general-token product light to 12-01
            11-01 grant points/quota 4 point product points to 12-01
            11-04 call c1 glm-5 zhipu 5 light/quota
            11-05 call c2 glm-5 zhipu 4 points/quota
            close 2026-11
            books
              = breakage -5 CNY
              = carrier_clearing 20 CNY
              = revenue -15 CNY
            """
        );

    [Fact]
    public Task Calls_on_credit_are_billed_to_the_fen_and_the_rest_is_rounding() =>
        MonthStory.PlayAsync(
            """
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-12 call c1 glm-5 zhipu 1.234567891 payg
            11-13 call c2 qwen3-max alibaba 0.015 payg
            close 2026-11
            bill ann 2026-11
              = usage payg glm-5 1.23
              = usage payg qwen3-max 0.02
            books
              = receivable:ann 1.25 CNY
              = revenue -1.249567891 CNY
              = rounding -0.000432109 CNY
            """
        );

    [Fact]
    public Task What_is_given_back_of_a_closed_month_is_a_credit_of_the_next() =>
        MonthStory.PlayAsync(
            """
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-12 call c1 glm-5 zhipu 8 payg
            close 2026-11
            12-05 giveback c1 25%
            close 2026-12 at 2027-01-01
            bill ann 2026-11
              = usage payg glm-5 8
            bill ann 2026-12
              = credit payg glm-5 -2
            books
              = receivable:ann 6 CNY
              = revenue -6 CNY
            """
        );

    [Fact]
    public Task A_call_that_is_given_back_to_a_bucket_that_has_ended_takes_its_price_along() =>
        MonthStory.PlayAsync(
            """
            11-01 sale plan 10 to 12-01
            11-01 grant plan/quota 10 general-token product plan to 12-01
            11-12 call c1 glm-5 zhipu 6 plan/quota
            close 2026-11
            books
              = breakage -4 CNY
              = carrier_clearing 10 CNY
              = revenue -6 CNY
            12-05 giveback c1 50% into revived
            close 2026-12 at 2027-01-01
            # three of the six came back, and may be used until 4 January: what they are worth is owed again, and so is what was thought to be lost
            books
              = carrier_clearing 10 CNY
              = deferred_revenue -7 CNY
              = revenue -3 CNY
            2027-01-02 call c2 glm-5 zhipu 3 revived
            close 2027-01
            books
              = breakage -4 CNY
              = carrier_clearing 10 CNY
              = revenue -6 CNY
            """
        );

    [Fact]
    public Task A_plan_that_is_taken_back_is_refunded_and_the_rest_is_earned() =>
        MonthStory.PlayAsync(
            """
            11-01 sale plan 10.60 tax 6 to 12-01
            11-01 grant plan/quota 10 general-token product plan to 12-01
            11-03 call c1 glm-5 zhipu 2 plan/quota
            11-04 void plan/quota 8
            11-04 refund plan 8.48 tax 6
            close 2026-11
            books
              = carrier_clearing 10.6 CNY
              = refunds_payable -8.48 CNY
              = revenue -2 CNY
              = tax -0.12 CNY
            12-02 returned plan 8.48
            close 2026-12 at 2027-01-01
            books
              = carrier_clearing 2.12 CNY
              = revenue -2 CNY
              = tax -0.12 CNY
            """
        );

    [Fact]
    public Task An_enterprise_is_trued_up_to_its_volume_tier_and_pays_its_minimum() =>
        MonthStory.PlayAsync(
            """
            agreement enterprise minimum 2000 tiers 0:0,1000:10,5000:20
            11-01 grant credit 100000 CNY as Credit by enterprise
            11-12 call c1 glm-5 zhipu 1200 credit by enterprise in research
            11-13 call c2 glm-5 zhipu 300 credit by enterprise in sales
            close 2026-11
            bill enterprise 2026-11
              = usage credit glm-5 300
              = usage credit glm-5 1200
              = volumeDiscount agreement 1 -150
              = minimum agreement 1 650
            books
              = breakage -650 CNY
              = discount 150 CNY
              = receivable:enterprise 2000 CNY
              = revenue -1500 CNY
            12-12 call c3 glm-5 zhipu 6000 credit by enterprise in research
            close 2026-12 at 2027-01-01
            bill enterprise 2026-12
              = usage credit glm-5 6000
              = volumeDiscount agreement 1 -1200
            """
        );

    [Fact]
    public Task Tiers_may_count_only_what_is_above_them() =>
        MonthStory.PlayAsync(
            """
            agreement enterprise tiers 1000:10,5000:20 above
            11-01 grant credit 100000 CNY as Credit by enterprise
            11-12 call c1 glm-5 zhipu 6000 credit by enterprise
            close 2026-11
            bill enterprise 2026-11
              = usage credit glm-5 6000
              = volumeDiscount agreement 1 -600
            """
        );

    [Fact]
    public Task A_period_is_closed_when_it_has_ended_and_in_its_order() =>
        MonthStory.PlayAsync(
            """
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-12 call c1 glm-5 zhipu 8 payg
            close 2026-11 at 11-30 !wrong_state
            close 2026-12 at 2027-01-01 !wrong_state
            close 2026-11
            close 2026-11
            close 2027-01 at 2027-03-01 !wrong_state
            settle 2026-12 !wrong_state
            """
        );

    [Fact]
    public Task A_call_that_turns_up_after_its_month_was_closed_is_billed_in_the_next() =>
        MonthStory.PlayAsync(
            """
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-12 call c1 glm-5 zhipu 8 payg
            close 2026-11
            11-30 call late glm-5 zhipu 1 payg
            close 2026-12 at 2027-01-01
            bill ann 2026-11
              = usage payg glm-5 8
            bill ann 2026-12
              = usage payg glm-5 1
            """
        );
}
