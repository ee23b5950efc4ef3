// A server of Go nano for the tests of `cargo nano`. The first option is `-ws` or `-tcp`, the second may be `-dictionary`.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/lonng/nano"
	"github.com/lonng/nano/component"
	"github.com/lonng/nano/serialize/json"
	"github.com/lonng/nano/session"
)

// Room answers as the rooms of the other peers do.
type Room struct{ component.Base }

// Join is the message of `room.join`.
type Join struct {
	Name string `json:"name"`
}

// Joined is its reply.
type Joined struct {
	Name string `json:"name"`
	Long string `json:"long,omitempty"`
}

// Join tells the caller by a push, and replies.
func (*Room) Join(s *session.Session, m *Join) error {
	if err := s.Push("onJoined", &Join{Name: m.Name}); err != nil {
		return err
	}
	return s.Response(&Joined{Name: m.Name})
}

// Shout tells the caller by a push alone.
func (*Room) Shout(s *session.Session, m *Join) error {
	return s.Push("onJoined", m)
}

// Full fails, which Go nano tells nobody.
func (*Room) Full(s *session.Session, m *Join) error {
	return errors.New("the room is full")
}

// Long replies with a long text.
func (*Room) Long(s *session.Session, m *Join) error {
	return s.Response(&Joined{Name: m.Name, Long: strings.Repeat("long ", 2000)})
}

func main() {
	isWebSocket := len(os.Args) > 1 && os.Args[1] == "-ws"
	address := freeAddress()
	components := &component.Components{}
	components.Register(&Room{}, component.WithName("room"), component.WithNameFunc(strings.ToLower))
	options := []nano.Option{
		nano.WithSerializer(json.NewSerializer()),
		nano.WithComponents(components),
	}
	if len(os.Args) > 2 && os.Args[2] == "-dictionary" {
		// It pushes by code now, and does not send the dictionary to its clients.
		options = append(options, nano.WithDictionary(map[string]uint16{"onJoined": 2}))
	}
	url := "tcp://" + address
	if isWebSocket {
		options = append(options, nano.WithIsWebsocket(true), nano.WithWSPath("/nano"))
		url = "ws://" + address + "/nano"
	}
	go announce(address, url)
	go endWithParent()
	nano.Listen(address, options...)
}

func freeAddress() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// announce prints the URL once somebody listens there.
func announce(address, url string) {
	for {
		if connection, err := net.Dial("tcp", address); err == nil {
			connection.Close()
			fmt.Println(url)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// endWithParent ends the process when its standard input is closed.
func endWithParent() {
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
