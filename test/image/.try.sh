. /work/image/test/image/machine.sh
fresh_card 4
power_on
echo $machine > /tmp/machine.pid
wait_until 300 healthy
echo "healthy after $(seconds_on) s"
sleep 100000
